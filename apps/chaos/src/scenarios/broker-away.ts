// 5. The only broker is away, dead or frozen; its connections are slow and torn.
import { type Arena } from '../arena/arena.js';
import { outage, refusals } from '../arena/outage.js';
import { type Scenario } from '../scenario.js';

const DOWN_SECONDS = 30;
const FROZEN_SECONDS = 20;
const TEARS = 15;
/** What the services say to Kafka arrives so much later while connections are torn, ms. */
const DELAY_MS = 100;

export const brokerAway: Scenario = {
  number: 5,
  name: 'broker-away',
  promise:
    'The only broker is down for 30 s, then frozen for 20 s, then reached over slow connections that are torn: ' +
    'ingest answers 503 and Retry-After, and everything goes on without a restart.',
  least: { 'broker down': 1, 'broker frozen': 1, 'connections torn': TEARS },
  arena: { isProxied: true },
  async strike(arena) {
    const node = arena.grounds.kafka.nodes[0]!;
    await outage(arena, {
      kind: 'broker down',
      seconds: DOWN_SECONDS,
      begin: () => node.kill(),
      end: () => node.start(),
      hasStruck: refusals(arena),
    });
    await outage(arena, {
      kind: 'broker frozen',
      seconds: FROZEN_SECONDS,
      begin: async () => void process.kill(node.pid, 'SIGSTOP'),
      end: async () => void process.kill(node.pid, 'SIGCONT'),
      hasStruck: refusals(arena),
    });
    await tear(arena);
  },
};

/** Cuts all connections to Kafka again and again, while requests and answers are on their way. */
async function tear(arena: Arena): Promise<void> {
  const proxy = arena.grounds.proxies!.kafka[0]!;
  proxy.slow(DELAY_MS);
  for (let round = 0; round < arena.rounds(TEARS); round++) {
    await arena.pause(500, 2_500);
    const before = proxy.torn;
    proxy.tear();
    if (proxy.torn > before) arena.struck('connections torn');
    arena.say(`${proxy.torn - before} connections torn`);
  }
  proxy.slow(0);
  await arena.recovers();
  await arena.fleet.ready();
}
