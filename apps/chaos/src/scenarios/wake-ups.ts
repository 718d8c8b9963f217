// 8. What silence says is said once: a process dies around a wake-up, and around the instant at which a customer crosses.
import { type Arena } from '../arena/arena.js';
import { killWhen, type Moment } from '../arena/strike.js';
import { type Scenario } from '../scenario.js';
import { Edges, SIDES } from './edges.js';

const HITS = 5;
/** No kill begins so shortly before a group of crossings, ms. */
const CLEARANCE_MS = 8_000;

const MOMENTS: readonly Moment[] = [
  { name: 'kill before a crossing is published', after: ['woken'], dieAt: 'sending' },
  { name: 'kill after a crossing is published', after: ['woken', 'sending'], dieAt: 'sent' },
  { name: 'kill before the checkpoint of a crossing', after: ['woken'], dieAt: 'saving' },
  { name: 'kill after the checkpoint of a crossing', after: ['woken', 'saving'], dieAt: 'saved' },
];

const edgesOf = new WeakMap<Arena, Edges>();

export const wakeUps: Scenario = {
  number: 8,
  name: 'wake-ups',
  promise:
    'A process is killed around a crossing by silence: it is out once, at its instant, unless the customer acted before.',
  least: Object.fromEntries([...MOMENTS.map(({ name }) => name), ...SIDES].map((kind) => [kind, HITS])),
  arena: { horizonSeconds: 10, environment: { KAFKA_SESSION_TIMEOUT_MS: '3000' } },
  async strike(arena) {
    const hits = Array.from({ length: arena.rounds(HITS) }, () => MOMENTS).flat();
    const edges = new Edges(arena);
    edgesOf.set(arena, edges);
    for (let left = arena.rounds(HITS); left > 0 || hits.length > 0;) {
      if (left > 0) await edges.prepare();
      if (edges.isWithin(CLEARANCE_MS)) left -= (await edges.strike()) ? 1 : 0;
      else if (hits.length > 0) await hit(arena, hits);
      else await arena.pause(100);
    }
  },
  examine: async (_, arena) => (await edgesOf.get(arena)?.examine()) ?? [],
};

/** Strikes the first of the moments still to be struck; what no process came to is tried again later. */
async function hit(arena: Arena, hits: Moment[]): Promise<void> {
  const moment = hits.shift()!;
  if (!(await killWhen(arena, moment, ['scoring']))) hits.push(moment);
}
