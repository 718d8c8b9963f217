// 5. Each of three brokers is killed in turn.
import { outage } from '../arena/outage.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 2;
const NODES = 3;
/** Each stays away for so long, s: longer than the others take to notice. */
const AWAY_SECONDS = 8;

export const brokerNodes: Scenario = {
  number: 5,
  name: 'broker-nodes',
  promise: 'Each of three brokers is killed in turn and started again, twice round: nobody has to be restarted.',
  least: { 'kill of a broker': ROUNDS * NODES },
  // Three brokers write every record, on the cores that everything else runs on.
  events: 10_000,
  arena: { brokers: NODES, perSecond: 200 },
  async strike(arena) {
    const { nodes } = arena.grounds.kafka;
    const kills = arena.rounds(ROUNDS * NODES);
    for (let kill = 0; kill < kills; kill++) {
      const node = nodes[kill % NODES]!;
      await outage(arena, {
        kind: 'kill of a broker',
        seconds: AWAY_SECONDS,
        begin: () => node.kill(),
        end: () => node.start(),
        hasStruck: () => true,
      });
    }
  },
};
