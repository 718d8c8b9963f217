// 1. Any process dies at any moment, and at the moments that matter.
import { type Point } from '@holdfast/stream';

import { type Arena } from '../arena/arena.js';
import { type Service } from '../arena/replica.js';
import { killAndRestart, killAt } from '../arena/strike.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 30;
const HITS = 5;
/** Not every process comes to every moment soon: dispatch has nothing to send at times. */
const TRIES = 3;

/** Moments between two durable steps, and who comes by them. */
const MOMENTS: readonly (readonly [Point, readonly Service[]])[] = [
  ['sent', ['features', 'scoring']],
  ['inside', ['features', 'scoring', 'dispatch']],
  ['saved', ['features', 'scoring', 'dispatch']],
  ['delivered', ['dispatch']],
];

export const killedProcesses: Scenario = {
  number: 1,
  name: 'killed-processes',
  promise: 'A service process is killed at any moment, also between two durable steps.',
  least: { kill: ROUNDS, ...Object.fromEntries(MOMENTS.map(([point]) => [`kill when ${point}`, HITS])) },
  events: 100_000,
  arena: { perSecond: 1_000 },
  async strike(arena) {
    for (let round = 0; round < arena.rounds(ROUNDS); round++) {
      await killAndRestart(arena, arena.pick(arena.fleet.all));
      await settle(arena);
    }
    for (let hit = 0; hit < arena.rounds(HITS); hit++)
      for (const [point, services] of MOMENTS) {
        for (let time = 0; time < TRIES && !(await killAt(arena, point, services)); time++);
        await arena.pause(0, 1_000);
      }
  },
};

/** Every third time the pipeline recovers before it is struck again; else the next strike comes in the middle of it. */
const settle = (arena: Arena): Promise<void> => (arena.random() < 1 / 3 ? arena.recovers() : arena.pause(0, 3_000));
