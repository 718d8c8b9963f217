// 1. Any process dies at any moment, and at the moments that matter.
import { type Point } from '@holdfast/stream';

import { type Arena } from '../arena/arena.js';
import { type Service } from '../arena/replica.js';
import { killAndRestart, killAt } from '../arena/strike.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 30;
const HITS = 5;
/** Events a second while what has piled up is worked off, and while processes come to the moments at which they die. */
const EASY = 200;
/** The pipeline recovers after so many rounds; else the next strike comes in the middle of it. */
const AT_A_STRETCH = 10;
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
  mayRepeatSends: true,
  events: 100_000,
  arena: { perSecond: 1_000 },
  async strike(arena) {
    for (let round = 1; round <= arena.rounds(ROUNDS); round++) {
      await killAndRestart(arena, arena.pick(arena.fleet.all));
      await arena.pause(0, 3_000);
      if (round % AT_A_STRETCH === 0) await takeBreath(arena);
    }
    arena.load.setPace(EASY);
    for (let hit = 0; hit < arena.rounds(HITS); hit++)
      for (const [point, services] of MOMENTS) {
        for (let time = 0; time < TRIES && !(await killAt(arena, point, services)); time++);
        await arena.pause(0, 1_000);
      }
    arena.load.setPace(arena.options.perSecond);
  },
};

async function takeBreath(arena: Arena): Promise<void> {
  arena.load.setPace(EASY);
  await arena.recovers();
  arena.load.setPace(arena.options.perSecond);
}
