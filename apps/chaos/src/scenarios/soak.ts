// 12. Nothing strikes: it runs on and on, and no process may grow.
import { type Arena } from '../arena/arena.js';
import { growthOf, type Moment, unsteadiness } from '../arena/growth.js';
import { vitalsOf } from '../arena/vitals.js';
import { type Scenario } from '../scenario.js';
import { type TidyOrder } from '../services/struck.js';

const MINUTES = 30;
/** Every 10 s in the full run. */
const LOOKS = 180;
/** MB in ten minutes. A shorter run is as exact over its own time, and so much less over ten minutes. */
const MOST_GROWTH = 1;
const LAG_LIMIT_MS = 10_000;

export const soak: Scenario = {
  number: 12,
  name: 'soak',
  promise:
    'Half an hour of load: once warm, no process grows by 1 MB in ten minutes, and none keeps descriptors or timers.',
  isApart: true,
  least: { 'minute of load': MINUTES },
  arena: {
    check: 'counts',
    // Two partitions and 200 new customers a second: the caches are full, and turned over, before the warm-up has passed.
    partitions: 2,
    perSecond: 2_000,
    batch: 50,
    environment: { DISPATCH_HOLD_OUT_SHARE: '0.9', NODE_OPTIONS: '--expose-gc' },
  },
  async strike(arena) {
    const moments = new Map(arena.fleet.all.map(({ name }) => [name, [] as Moment[]]));
    const minutes = MINUTES * arena.options.effort;
    for (let look = 1; look <= LOOKS; look++) {
      await arena.pause((minutes * 60_000) / LOOKS);
      await note(arena, moments);
      if (look % 30 === 0) arena.say(`${look} of ${LOOKS} looks, ${arena.load.accepted.size} events`);
    }
    arena.struck('minute of load', Math.ceil(minutes));
    const lagMs = Date.now() - arena.watch.reached;
    if (lagMs > LAG_LIMIT_MS) arena.faults.push(`In the end a partition lay ${Math.round(lagMs / 1_000)} s behind.`);
    for (const [name, seen] of moments) {
      const growth = growthOf(seen);
      arena.faults.push(...unsteadiness(name, growth, { megabytes: MOST_GROWTH / arena.options.effort }));
      arena.say(`${name}: ${JSON.stringify(growth)}`);
    }
  },
};

/** After a collection: between two of them resident memory breathes by tens of MB, in which no leak of one would be seen. */
async function note({ fleet }: Arena, moments: ReadonlyMap<string, Moment[]>): Promise<void> {
  for (const replica of fleet.all) {
    replica.tell({ isTidy: true } satisfies TidyOrder);
    const vitals = await vitalsOf(replica).catch(() => null); // too busy, or gone: then it has seldom been seen
    if (vitals !== null) moments.get(replica.name)!.push({ at: performance.now(), ...vitals });
  }
}
