// 2. A process is frozen for longer than its session lasts, and wakes up believing that its partitions are still its own.
import { appendRelease } from '@holdfast/stream';

import { type Arena } from '../arena/arena.js';
import { writeQuickRelease } from '../arena/quick-release.js';
import { type Replica } from '../arena/replica.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 10;
/** For the heir to have checkpoints of its own, ms. */
const HEIR_MS = 3_000;
/** How long the heir is frozen while the zombie is awake, ms: less than its session. */
const AHEAD_MS = 2_000;
const STAGES = ['features', 'scoring', 'dispatch'] as const;

export const zombies: Scenario = {
  number: 2,
  name: 'zombies',
  promise: 'A process is frozen until others have taken its partitions, and goes on as if they were still its own.',
  least: { zombie: ROUNDS, 'zombie across a release': 3, 'zombie before its heir': 5 },
  async strike(arena) {
    for (let round = 0; round < arena.rounds(ROUNDS); round++) {
      const isFirst = round % 2 === 0;
      const stages = isFirst ? STAGES.filter((stage) => stage !== 'dispatch') : STAGES;
      const victim = arena.pick(stages.flatMap((stage) => arena.fleet.of(stage)));
      await haunt(arena, victim, round, isFirst);
    }
  },
};

async function haunt(arena: Arena, victim: Replica, round: number, isFirst: boolean): Promise<void> {
  const { service } = victim.options;
  const before = await epochs(arena, service);
  victim.freeze();
  arena.say(`froze ${victim.name}`);
  if (round % 3 === 0) await releaseAnother(arena, round);
  // Others have it once an epoch has risen; then the zombie stays away a little longer, so that they get ahead of it.
  while ((await epochs(arena, service)) === before) await arena.pause(100);
  if (isFirst) await comeFirst(arena, victim);
  else {
    await arena.pause(500, 3_000);
    victim.thaw();
  }
  arena.struck('zombie');
  if (round % 3 === 0) arena.struck('zombie across a release');
  await arena.recovers();
  await arena.fleet.ready();
}

/** Its heir, which has saved its work by now, is frozen as the zombie wakes: what that puts out before it learns of the heir comes first. */
async function comeFirst(arena: Arena, zombie: Replica): Promise<void> {
  const heirs = arena.fleet.of(zombie.options.service).filter((replica) => replica !== zombie);
  await arena.pause(HEIR_MS);
  for (const heir of heirs) heir.freeze();
  zombie.thaw();
  await arena.pause(AHEAD_MS);
  for (const heir of heirs) heir.thaw();
  arena.struck('zombie before its heir');
}

/** The sum over a stage's partitions: it rises when one changes hands. */
async function epochs(arena: Arena, stage: string): Promise<number> {
  const [row] = await arena.grounds.database.query<{ sum: number }>(
    'select coalesce(sum(epoch), 0)::int as sum from owners where task = $1',
    [stage],
  );
  return row!.sum;
}

/** A release that differs from the last in its seed alone: scoring drops all memory of the network. */
async function releaseAnother({ grounds: { broker, modelsDirectory } }: Arena, round: number): Promise<void> {
  await appendRelease(broker, await writeQuickRelease(modelsDirectory, 2 + round), Date.now());
}
