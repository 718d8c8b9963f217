// 3. Every process is told to stop, one after the other, and started again.
import { type Arena } from '../arena/arena.js';
import { type Client } from '../arena/options.js';
import { type Replica } from '../arena/replica.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 5;
/** A service must have ended in order within this, s. */
const STOP_LIMIT = 10;
/** No partition may put out nothing for longer than this, s. With kafkajs the next owner waits for the last one to let go. */
const PAUSE_LIMITS: Readonly<Record<Client, number>> = { platformatic: 3, kafkajs: 15 };

export const rollingRestart: Scenario = {
  number: 3,
  name: 'rolling-restart',
  promise:
    'Every process is restarted in turn by SIGTERM, under load: nothing is done again, and no partition pauses for more than ' +
    `${PAUSE_LIMITS.platformatic} s (${PAUSE_LIMITS.kafkajs} with kafkajs).`,
  least: { restart: ROUNDS * 8 },
  async strike(arena) {
    arena.watch.forgetPauses();
    for (let round = 0; round < arena.rounds(ROUNDS); round++)
      for (const replica of arena.fleet.all) await restart(arena, replica);
    const pause = arena.watch.longestPause;
    arena.recoverySeconds = pause;
    const limit = PAUSE_LIMITS[arena.options.client];
    if (pause > limit) arena.tooSlow(`A partition paused for ${pause.toFixed(1)} s; ${limit} are allowed.`);
  },
  examine: async ({ repeated }) =>
    repeated === 0 ? [] : [`${repeated} records were read again after they had been committed.`],
};

async function restart(arena: Arena, replica: Replica): Promise<void> {
  const started = performance.now();
  await arena.stop([replica]);
  const seconds = (performance.now() - started) / 1_000;
  arena.say(`restarted ${replica.name}`);
  if (seconds > STOP_LIMIT) arena.tooSlow(`${replica.name} took ${seconds.toFixed(1)} s to stop.`);
  arena.struck('restart');
  await replica.start();
  await arena.fleet.ready();
  await arena.recovers(); // as one does who looks whether it is well before he goes on
}
