// 2. A process is frozen for longer than its session lasts, and wakes up believing that its partitions are still its own.
import { type Millis } from '@holdfast/schemas';
import { appendRelease } from '@holdfast/stream';

import { type Arena } from '../arena/arena.js';
import { writeQuickRelease } from '../arena/quick-release.js';
import { bringRegulars, crossingInstants, purchase } from '../arena/regulars.js';
import { until } from '../arena/rest.js';
import { type Replica, type Service } from '../arena/replica.js';
import { partitionsOf } from '../arena/vitals.js';
import { type Refused } from '../services/deafness.js';
import { nameInside, partitionOfName } from '../load/names.js';
import { BAD, poisonName } from '../services/poison.js';
import { type DeafOrder } from '../services/struck.js';
import { type Scenario } from '../scenario.js';

const ROUNDS = 7;
/** Of processes whose group heartbeats hang besides. */
const DEAF_ROUNDS = 3;
const DEAF_TRIES = 3;
/** Longest wait until no checkpoint is under way, ms; what PostgreSQL says after that. */
const LOCK_MS = 2_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** For the heir to get ahead, and to save that, ms. */
const HEIR_MS = 3_000;
const HEIR_SAVES_MS = 7_000;
/** How long the heir is frozen while the zombie is awake, ms: less than its session. */
const AHEAD_MS = 2_000;
/** Customers who are brought, and how many of them have to cross at one tick of one partition. */
const GROUP = 150;
const DUE = 3;
const MOST_GROUPS = 5;
/** Between two ticks, and how long before the crossings the process is frozen, ms. */
const TICK_MS = 500;
const LEAD_MS = 300;
const FIRST = 'zombie before its heir';
const DEAF = 'zombie that does not hear of its heir';
const ACROSS_RELEASE = 'zombie across a release';
const ACROSS_LETTERS = 'zombie across dead letters';
const ACROSS_TICK = `zombie across a tick with ${DUE} customers due`;
const STAGES = ['features', 'scoring', 'dispatch'] as const;

export const zombies: Scenario = {
  number: 2,
  name: 'zombies',
  promise: 'A process is frozen until others have taken its partitions, and goes on as if they were still its own.',
  least: {
    zombie: ROUNDS + DEAF_ROUNDS,
    [FIRST]: 4,
    [DEAF]: DEAF_ROUNDS,
    [ACROSS_RELEASE]: 3,
    [ACROSS_LETTERS]: 3,
    [ACROSS_TICK]: 3,
  },
  mayRepeatSends: true,
  arena: { horizonSeconds: 10, environment: { CHAOS_POISON: 'yes' } },
  async strike(arena) {
    arena.mendedAt ??= neverMended(arena);
    for (let round = 0; round < arena.rounds(ROUNDS); round++) {
      const isFirst = round % 2 === 0;
      if (round % 3 === 0) await hauntAcross(arena, round, isFirst);
      else {
        const stages = isFirst ? STAGES.filter((stage) => stage !== 'dispatch') : STAGES;
        const victim = arena.pick(stages.flatMap((stage) => arena.fleet.of(stage)));
        await haunt(arena, victim, isFirst);
      }
    }
    for (let round = 0; round < arena.rounds(DEAF_ROUNDS); round++) await hauntDeaf(arena);
  },
};

/** While a process of scoring is away there come a release, records that it cannot take, and a tick at which several customers cross. */
async function hauntAcross(arena: Arena, round: number, isFirst: boolean): Promise<void> {
  await comeDue(arena, `zombie-${round}`);
  await haunt(arena, arena.pick(arena.fleet.of('scoring')), isFirst, async () => {
    await releaseAnother(arena, round);
    await sendPoison(arena, round);
  });
  arena.struck(ACROSS_RELEASE);
  arena.struck(ACROSS_LETTERS);
  arena.struck(ACROSS_TICK);
}

/** `meanwhile`: what happens just after it has been frozen. */
async function haunt(arena: Arena, victim: Replica, isFirst: boolean, meanwhile = async () => {}): Promise<void> {
  await loseTo(arena, victim, async () => {
    victim.freeze();
    arena.say(`froze ${victim.name}`);
    await meanwhile();
  });
  if (isFirst) {
    await arena.pause(HEIR_MS);
    await comeFirst(arena, victim);
    arena.struck(FIRST);
  } else {
    await arena.pause(500, 3_000);
    victim.thaw();
  }
  arena.struck('zombie');
  await arena.recovers();
}

/**
 * It is not told that it has lost its partitions, and the database takes no checkpoint for a while: it reads on. Only that it may
 * neither load customers nor look up message ids stops it. Counts when it has been refused that.
 */
async function hauntDeaf(arena: Arena): Promise<void> {
  for (let tries = 0; tries < DEAF_TRIES; tries++) {
    const victim = arena.pick(arena.fleet.of('features'));
    let isRefused = false;
    arena.onMessage = (replica, message) => {
      if (replica === victim && (message as Partial<Refused>).isRefused) isRefused = true;
    };
    await loseTo(arena, victim, async () => {
      // Read as soon as it is thawed, if not before. Not any sooner: who is deaf cannot let go in order to join its group anew either.
      victim.tell({ isDeaf: true } satisfies DeafOrder);
      victim.freeze();
      arena.say(`froze ${victim.name}, which will not hear of it`);
    });
    await arena.pause(HEIR_SAVES_MS);
    await withoutCheckpoints(arena, () => comeFirst(arena, victim));
    victim.thaw(); // where it was frozen in the middle of a checkpoint
    victim.tell({ isDeaf: false } satisfies DeafOrder);
    await arena.recovers();
    if (!isRefused) continue;
    arena.struck('zombie');
    arena.struck(DEAF);
    return;
  }
}

/** The database takes no checkpoint during `work`, which is left out while somebody has begun one and does not end it. */
async function withoutCheckpoints({ grounds: { database } }: Arena, work: () => Promise<void>): Promise<void> {
  try {
    await database.transaction(async (ours) => {
      await ours.query(`set local lock_timeout = '${LOCK_MS}ms'`);
      await ours.query('lock table owners in share mode');
      await work();
    });
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
  }
}

/** Others take over once it is frozen. */
async function loseTo(arena: Arena, victim: Replica, freeze: () => Promise<void>): Promise<void> {
  const { service } = victim.options;
  await allHavePartitions(arena, service);
  const before = await epochs(arena, service);
  await freeze();
  // Others have it once an epoch has risen; then the zombie stays away a little longer, so that they get ahead of it.
  await until(`somebody to take over from ${victim.name}`, async () =>
    (await epochs(arena, service)) === before ? 'nobody has' : null,
  );
}

/** Also who has just come back. */
async function allHavePartitions({ fleet }: Arena, service: Service): Promise<void> {
  await fleet.ready();
  await until(`every process of ${service} to have partitions`, async () => {
    for (const replica of fleet.of(service)) if ((await partitionsOf(replica)) === 0) return `${replica.name} has none`;
    return null;
  });
}

/** Its heir, which is ahead by now, is frozen as the zombie wakes: what that puts out before it learns of the heir comes first. */
async function comeFirst(arena: Arena, zombie: Replica): Promise<void> {
  const heirs = arena.fleet.of(zombie.options.service).filter((replica) => replica !== zombie);
  for (const heir of heirs) heir.freeze();
  zombie.thaw();
  await arena.pause(AHEAD_MS);
  for (const heir of heirs) heir.thaw();
}

/** Brings customers who cross together: several at one tick in most partitions, so that every process has such. Resolves just before. */
async function comeDue(arena: Arena, group: string): Promise<void> {
  const { partitions, horizonSeconds } = arena.options;
  for (let n = 0; n < MOST_GROUPS; n++) {
    const names = await bringRegulars(arena, `${group}-${n}`, { count: GROUP });
    for (const goneAt = Date.now() + 2_000 * horizonSeconds; Date.now() < goneAt; await arena.pause(100)) {
      const crossings = await crossingInstants(arena, names);
      const from = [...crossings.values()].toSorted((a, b) => a - b)[GROUP >> 2] ?? 0;
      const left = from - LEAD_MS - Date.now();
      if (left < 0) continue;
      const coming = [...crossings].filter(([, at]) => at >= from);
      if (partitionsDue(coming, partitions) <= partitions / 2) continue;
      return arena.pause(left);
    }
  }
  throw new Error(`Of ${MOST_GROUPS} groups of ${GROUP} customers none crossed together.`);
}

/** In how many partitions enough of these customers cross at one tick. */
function partitionsDue(crossings: readonly (readonly [name: string, at: Millis])[], partitions: number): number {
  const counts = new Map<string, number>();
  const due = new Set<number>();
  for (const [name, at] of crossings) {
    const partition = partitionOfName(name, partitions);
    const tick = `${partition} ${Math.floor(at / TICK_MS)}`;
    const count = (counts.get(tick) ?? 0) + 1;
    counts.set(tick, count);
    if (count >= DUE) due.add(partition);
  }
  return due.size;
}

/** To somebody in each partition. */
async function sendPoison({ load, options: { partitions } }: Arena, round: number): Promise<void> {
  const names = Array.from({ length: partitions }, (_, partition) =>
    nameInside(partition, partitions, `${poisonName('scoring', 'step')}-zombie-${round}`),
  );
  await load.send(names.flatMap((name) => ['first', BAD, 'after'].map((id) => purchase(name, id))));
}

/** The program stays as poisoned as it is. */
const neverMended = ({ options: { partitions } }: Arena) =>
  new Map(STAGES.map((stage) => [stage, Array.from({ length: partitions }, () => Infinity)]));

/** The sum over a stage's partitions: it rises when one changes hands. */
async function epochs(arena: Arena, stage: string): Promise<number> {
  const [row] = await arena.grounds.database.query<{ sum: number }>(
    'select coalesce(sum(epoch), 0)::int as sum from owners where task = $1',
    [stage],
  );
  return row!.sum;
}

/** A release that differs from the last in its seed alone: scoring drops all memory of the network. */
async function releaseAnother({ grounds, options }: Arena, round: number): Promise<void> {
  const { broker, modelsDirectory } = grounds;
  const release = await writeQuickRelease(modelsDirectory, 2 + round, options.horizonSeconds);
  await appendRelease(broker, release, Date.now());
}
