// 6. PostgreSQL is restored from an older backup, under running services and with the services stopped.
import { join } from 'node:path';

import { type Arena } from '../arena/arena.js';
import { command } from '../arena/command.js';
import { whyNotReady } from '../arena/fleet.js';
import { type Scenario } from '../scenario.js';

const STAGES = ['features', 'scoring', 'dispatch'] as const;
/** Under load after a backup, ms: it has to become older than what the stages have committed. */
const AGING_MS = 15_000;
/** Every stage must have refused within this, s. */
const REFUSAL_LIMIT = 60;

/** Messages that had left when the database was lost, and were not told of yet, leave again, or are cancelled: a round or two of each sender. */
const UNTOLD = 64;

type Kind = 'restored under running services' | 'restored while they were stopped';

export const databaseRestored: Scenario = {
  number: 6,
  name: 'database-restored',
  promise:
    'PostgreSQL is restored from an older backup: every stage refuses it with a sentence, ' +
    'and goes on from it after `npm run rewind`.',
  least: { 'restored under running services': 1, 'restored while they were stopped': 1 },
  mayRepeatSends: true,
  mayForgetSends: true,
  async strike(arena) {
    await restored(arena, 'restored under running services');
    await restored(arena, 'restored while they were stopped');
  },
  examine: async ({ repeatedDeliveries, forgottenDeliveries }, { say }) => {
    const sentence = `${repeatedDeliveries} messages left twice, ${forgottenDeliveries} are noted as cancelled`;
    say(sentence);
    return repeatedDeliveries + forgottenDeliveries <= UNTOLD ? [] : [`${sentence}; ${UNTOLD} may.`];
  },
};

async function restored(arena: Arena, kind: Kind): Promise<void> {
  const { fleet, grounds } = arena;
  const backup = join(grounds.directory, kind.replaceAll(' ', '-'));
  arena.say('backing up');
  await grounds.postgres.backUp(backup);
  await arena.recovers();
  await arena.pause(AGING_MS);
  arena.say(kind);
  if (kind.endsWith('stopped')) {
    await stopStages(arena);
    await grounds.postgres.restore(backup);
    await fleet.start();
  } else await grounds.postgres.restore(backup);
  await untilRefused(arena);
  arena.struck(kind);

  await stopStages(arena);
  const plan = await command(arena, 'rewind');
  for (const stage of STAGES)
    if (!plan.includes(stage)) arena.faults.push(`npm run rewind said nothing of ${stage}: ${plan}`);
  await command(arena, 'rewind', '--yes');
  await fleet.start();
  await fleet.ready();
  await arena.recovers();
}

/** Resolves when every process of every stage says that the backup is old. */
async function untilRefused({ fleet }: Arena): Promise<void> {
  const deadline = performance.now() + REFUSAL_LIMIT * 1_000;
  const replicas = STAGES.flatMap((stage) => fleet.of(stage));
  for (;;) {
    const sentences = await Promise.all(replicas.map(whyNotReady));
    const missing = replicas.filter((_, n) => !sentences[n]?.includes('old backup'));
    if (missing.length === 0) return;
    if (performance.now() > deadline)
      throw new Error(`${missing[0]!.name} did not refuse the older backup within ${REFUSAL_LIMIT} s.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function stopStages(arena: Arena): Promise<void> {
  for (const stage of STAGES) await arena.stop(arena.fleet.of(stage));
}
