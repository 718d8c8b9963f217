// 4. Processes are added and taken away under load.
import { type Arena } from '../arena/arena.js';
import { type Replica } from '../arena/replica.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 3;
const STAGES = ['features', 'scoring', 'dispatch'] as const;
/** Under load at each size for so long, ms. */
const STAY_MS = 5_000;

export const scaling: Scenario = {
  number: 4,
  name: 'scaling',
  promise: 'Stages are scaled from one process to three and back, under load.',
  least: { 'scale out': ROUNDS * 3, 'scale in': ROUNDS * 3 },
  arena: { replicas: { ingest: 1, features: 1, scoring: 1, dispatch: 1 } },
  async strike(arena) {
    const more = STAGES.flatMap((stage) => [arena.fleet.add(stage), arena.fleet.add(stage)]);
    for (let round = 0; round < arena.rounds(ROUNDS); round++) {
      await scaleOut(arena, more);
      await scaleIn(arena, more);
    }
  },
};

async function scaleOut(arena: Arena, more: readonly Replica[]): Promise<void> {
  arena.say('scaling out');
  await arena.fleet.start();
  await arena.fleet.ready();
  arena.struck('scale out', more.length / 2);
  await arena.recovers();
  await arena.pause(STAY_MS);
}

async function scaleIn(arena: Arena, more: readonly Replica[]): Promise<void> {
  arena.say('scaling in');
  for (const replica of more) await arena.stop([replica]);
  arena.struck('scale in', more.length / 2);
  await arena.recovers();
  await arena.pause(STAY_MS);
}
