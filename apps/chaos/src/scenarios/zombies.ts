// 2. A process is frozen for longer than its session lasts, and wakes up believing that its partitions are still its own. A round counts when
// it has been refused, for what it asked as their owner.
import { type Millis } from '@holdfast/schemas';
import { appendRelease } from '@holdfast/stream';

import { type Arena } from '../arena/arena.js';
import { haunt, type Haunting } from '../arena/haunting.js';
import { writeQuickRelease } from '../arena/quick-release.js';
import { bringRegulars, crossingInstants, purchase } from '../arena/regulars.js';
import { type Replica } from '../arena/replica.js';
import { nameInside, partitionOfName } from '../load/names.js';
import { type Scenario } from '../scenario.js';
import { type Refused } from '../services/deafness.js';
import { BAD, poisonName } from '../services/poison.js';

const ROUNDS = 4;
/** Of those across something, each. */
const ACROSS_ROUNDS = 3;
const TRIES = 3;
/** For the heir to get ahead, ms; and to save that. */
const AHEAD_MS = 3_000;
const SAVED_MS = 7_000;
/** Customers who are brought, and how many of them have to cross at one tick of one partition. */
const GROUP = 150;
const DUE = 3;
const MOST_GROUPS = 5;
/** Between two ticks, and how long before the crossings the process is frozen, ms. */
const TICK_MS = 500;
const LEAD_MS = 400;
/** Horizons after which everybody has lapsed whom nothing moves. */
const LAPSED_AFTER = 2.5;
const STAGES = ['features', 'scoring', 'dispatch'] as const;

const FIRST = 'zombie before its heir';
const REFUSED = { load: 'zombie refused a load', checkpoint: 'zombie refused a checkpoint' } as const;
const ACROSS_TICK = `zombie across a release and a tick with ${DUE} customers due`;
const ACROSS_LETTERS = 'zombie across a release and dead letters';

export const zombies: Scenario = {
  number: 2,
  name: 'zombies',
  promise: 'A process is frozen until others have taken its partitions, and goes on as if they were still its own.',
  least: {
    zombie: ROUNDS + 2 * ACROSS_ROUNDS,
    [FIRST]: 4,
    [REFUSED.load]: 2,
    [REFUSED.checkpoint]: 3,
    [ACROSS_TICK]: ACROSS_ROUNDS,
    [ACROSS_LETTERS]: ACROSS_ROUNDS,
  },
  mayRepeatSends: true,
  arena: { horizonSeconds: 10, environment: { CHAOS_POISON: 'yes' } },
  async strike(arena) {
    arena.mendedAt ??= neverMended(arena);
    // It reads on, and is refused the customers that it does not know; it does not, and is refused its checkpoint.
    for (let round = 0; round < arena.rounds(ROUNDS); round++)
      await (round % 2 === 0
        ? again(arena, () => strike(arena, arena.pick(arena.fleet.of('features')), { aheadMs: SAVED_MS, readsOn: true, isFirst: true })) // prettier-ignore
        : again(arena, () => strike(arena, arena.pick(STAGES.flatMap((stage) => arena.fleet.of(stage))), { aheadMs: AHEAD_MS, readsOn: false, isFirst: false }))); // prettier-ignore
    for (let round = 0; round < arena.rounds(ACROSS_ROUNDS); round++)
      for (const across of [acrossTick, acrossLetters])
        await again(arena, (n) => amongRegulars(arena, () => across(arena, `zombie-${round}-${n}`, round % 2 === 0)));
  },
  examine: async ({ repeated }) =>
    repeated > 0 ? [] : ['Nothing was put out twice, so nobody had to skip anything of a zombie.'],
};

/** Not every zombie gets so far that it counts. */
async function again(arena: Arena, attempt: (n: number) => Promise<boolean>): Promise<void> {
  for (let n = 0; n < TRIES; n++) {
    const counts = await attempt(n);
    await arena.recovers();
    if (counts) return;
  }
}

async function strike(
  arena: Arena,
  victim: Replica,
  how: Haunting,
  counts: (refused: Refused['refused']) => boolean = () => true,
): Promise<boolean> {
  const refused = await haunt(arena, victim, how);
  arena.say(refused ? `${victim.name} was refused its ${refused.what}, having put out ${refused.sent} records and ${refused.letters} letters and fired ${refused.woken} wake-ups` : `${victim.name} was refused nothing`); // prettier-ignore
  if (refused === null || !counts(refused)) return false;
  arena.struck('zombie');
  arena.struck(REFUSED[refused.what]);
  if (how.isFirst) arena.struck(FIRST);
  return true;
}

/** While a process of scoring is away there come a release and a tick at which several customers cross. Counts when it has fired them, too. */
async function acrossTick(arena: Arena, group: string, isFirst: boolean): Promise<boolean> {
  await arena.pause(1_000 * arena.options.horizonSeconds);
  await comeDue(arena, group);
  return strikeScoring(arena, ACROSS_TICK, {
    ...{ isFirst, meanwhile: () => releaseAnother(arena) },
    counts: ({ woken }) => woken >= DUE,
  });
}

/** While it is away there come a release and records that it cannot take. Counts when it has buried them, too. */
async function acrossLetters(arena: Arena, group: string, isFirst: boolean): Promise<boolean> {
  const { partitions, horizonSeconds } = arena.options;
  const names = Array.from({ length: partitions }, (_, partition) =>
    nameInside(partition, partitions, `${poisonName('scoring', 'step')}-${group}`),
  );
  const send = (...ids: string[]) => arena.load.send(names.flatMap((name) => ids.map((id) => purchase(name, id))));
  await send('first');
  await arena.pause(LAPSED_AFTER * 1_000 * horizonSeconds); // nobody is due any more, and all of that is saved
  return strikeScoring(arena, ACROSS_LETTERS, {
    isFirst,
    async meanwhile() {
      await releaseAnother(arena);
      await send(BAD, 'after');
    },
    counts: ({ letters }) => letters > 0,
  });
}

interface Across extends Required<Pick<Haunting, 'isFirst' | 'meanwhile'>> {
  counts(refused: Refused['refused']): boolean;
}

async function strikeScoring(arena: Arena, kind: string, { counts, ...how }: Across): Promise<boolean> {
  const victim = arena.pick(arena.fleet.of('scoring'));
  const isCounted = await strike(arena, victim, { aheadMs: AHEAD_MS, readsOn: true, ...how }, counts);
  if (isCounted) arena.struck(kind);
  return isCounted;
}

/** The load waits: a zombie would be stopped by the first customer whom it does not know. */
async function amongRegulars<T>(arena: Arena, work: () => Promise<T>): Promise<T> {
  arena.load.pause();
  try {
    return await work();
  } finally {
    arena.load.resume();
  }
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

/** The program stays as poisoned as it is. */
const neverMended = ({ options: { partitions } }: Arena) =>
  new Map(STAGES.map((stage) => [stage, Array.from({ length: partitions }, () => Infinity)]));

/** A release that differs from those before in its seed alone: scoring drops all memory of the network. */
async function releaseAnother({ grounds, options, random }: Arena): Promise<void> {
  const { broker, modelsDirectory } = grounds;
  const seed = 2 + Math.floor(random() * 1e6);
  const release = await writeQuickRelease(modelsDirectory, seed, options.horizonSeconds);
  await appendRelease(broker, release, Date.now());
}
