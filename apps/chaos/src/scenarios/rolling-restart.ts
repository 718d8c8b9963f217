// 3. Every process is told to stop, one after the other, and started again.
import { type Arena } from '../arena/arena.js';
import { type Replica } from '../arena/replica.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 5;
/** A service must have ended in order within this, s. */
const STOP_LIMIT = 10;
/** No partition may put out nothing for longer than this, s. */
const PAUSE_LIMIT = 3;

export const rollingRestart: Scenario = {
  number: 3,
  name: 'rolling-restart',
  promise: 'Every process is restarted in turn by SIGTERM, under load: nothing is done again.',
  least: { restart: ROUNDS * 8 },
  async strike(arena) {
    arena.watch.forgetPauses();
    for (let round = 0; round < arena.rounds(ROUNDS); round++)
      for (const replica of arena.fleet.all) await restart(arena, replica);
    const pause = arena.watch.longestPause;
    arena.recoverySeconds = pause;
    if (pause > PAUSE_LIMIT)
      arena.faults.push(`A partition paused for ${pause.toFixed(1)} s; ${PAUSE_LIMIT} are allowed.`);
  },
  examine: async ({ repeated }) =>
    repeated === 0 ? [] : [`${repeated} records were read again after they had been committed.`],
};

async function restart(arena: Arena, replica: Replica): Promise<void> {
  const started = performance.now();
  await arena.stop([replica]);
  const seconds = (performance.now() - started) / 1_000;
  arena.say(`restarted ${replica.name}`);
  if (seconds > STOP_LIMIT) arena.faults.push(`${replica.name} took ${seconds.toFixed(1)} s to stop.`);
  arena.struck('restart');
  await replica.start();
  await arena.fleet.ready();
}
