// 1. All processes of a stage die, and with them what they held of very many customers: those that come begin at once.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { until } from '../arena/rest.js';
import { type Scenario } from '../scenario.js';
import { type TakenOver } from '../services/take-overs.js';

const ROUNDS = 3;
const CUSTOMERS = 100_000;
const INPUTS = { features: BEHAVIOR_EVENTS.name, scoring: CUSTOMER_FEATURES.name } as const;
type Stage = keyof typeof INPUTS;
const STAGES = Object.keys(INPUTS) as Stage[];
/** Events while processes are killed: what waits in the log meanwhile is not what is looked at. */
const PER_SECOND = 500;
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
async function takeOver(arena: Arena, stage: Stage): Promise<number> {
  await saves(arena, stage);
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
  if (longest.size < arena.options.partitions)
    arena.faults.push(`${stage} was given ${longest.size} of ${arena.options.partitions} partitions.`);
  const seconds = Math.max(...longest.values()) / 1_000;
  arena.say(`${stage} began after ${seconds.toFixed(1)} s`);
  return seconds;
}

/** Until it has saved that it is past what there is now: what the stage before wrote again when it was killed is no first record. */
async function saves({ grounds: { broker, database } }: Arena, stage: Stage): Promise<void> {
  const bounds = await broker.bounds(INPUTS[stage]);
  await until(`${stage} to save how far it is`, async () => {
    const rows = await database.query<{ partition: number; position: string }>(
      'select partition, position from owners where task = $1',
      [stage],
    );
    const behind = rows.filter(({ partition, position }) => Number(position) < bounds[partition]!.end);
    return behind.length === 0 ? null : `${behind.length} partitions are behind`;
  });
}
