// 1. All processes of a stage die, and with them what they held of very many customers: those that come begin at once.
import { type Arena } from '../arena/arena.js';
import { type Service } from '../arena/replica.js';
import { type Scenario } from '../scenario.js';
import { type TakenOver } from '../services/take-overs.js';

const ROUNDS = 3;
const CUSTOMERS = 100_000;
const STAGES = ['features', 'scoring'] as const;
/** Events while processes are killed: what waits in the log meanwhile is not what is looked at. */
const PER_SECOND = 500;
/** Until a stage has saved how far it is, ms: what the last stage to be killed wrote again is skipped by then. */
const SAVED_MS = 7_000;
/** The first record must be out so soon after a partition has been given, s. */
const LIMIT = 2;

export const recovery: Scenario = {
  number: 1,
  name: 'recovery',
  promise:
    'All processes of a stage with 100,000 customers are killed: ' +
    `new ones put out the first record within ${LIMIT} s of being given a partition.`,
  least: { kill: ROUNDS * STAGES.length * 2 },
  arena: {
    perSecond: 2_000,
    batch: 100,
    traffic: { customer: (n, random) => `customer-${n < CUSTOMERS ? n : Math.floor(random() * CUSTOMERS)}` },
  },
  async strike(arena) {
    await arena.load.reach(CUSTOMERS);
    arena.load.setPace(PER_SECOND);
    await arena.recovers();
    const seconds: number[] = [];
    for (let round = 0; round < arena.rounds(ROUNDS); round++)
      for (const stage of STAGES) seconds.push(await takeOver(arena, stage));
    arena.recoverySeconds = Math.max(...seconds);
    if (arena.recoverySeconds > LIMIT)
      arena.tooSlow(
        `A partition waited ${arena.recoverySeconds.toFixed(1)} s for its first record; ${LIMIT} are allowed.`,
      );
  },
};

/** Kills a stage. Resolves to the longest that one of its partitions, once given to a new process, waited for its first record, s. */
async function takeOver(arena: Arena, stage: Service): Promise<number> {
  const longest = new Map<number, number>();
  arena.onMessage = (_, message) => {
    const { takenOver } = message as Partial<TakenOver>;
    if (takenOver) longest.set(takenOver.partition, Math.max(longest.get(takenOver.partition) ?? 0, takenOver.ms));
  };
  const replicas = arena.fleet.of(stage);
  await Promise.all(replicas.map((replica) => replica.kill()));
  arena.struck('kill', replicas.length);
  arena.say(`killed ${stage}`);
  await arena.fleet.start();
  await arena.recovers();
  await arena.pause(SAVED_MS);
  if (longest.size < arena.options.partitions)
    arena.faults.push(`${stage} was given ${longest.size} of ${arena.options.partitions} partitions.`);
  const seconds = Math.max(...longest.values()) / 1_000;
  arena.say(`${stage} began after ${seconds.toFixed(1)} s`);
  return seconds;
}
