// 7. Records that a stage cannot take, wake-ups that throw, outputs that are too large, messages that cannot be sent. What has been
// buried is sent back once the program is mended.
import { HEADERS, splitKey } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { TRIES } from '../checker/check-deliveries.js';
import { type ListedLetter, listLetters, replayLetters, showLetter } from '../arena/letters.js';
import { bringRegulars, purchase } from '../arena/regulars.js';
import { until } from '../arena/rest.js';
import { BAD, type PoisonedStage, poisonName, POISONS } from '../services/poison.js';
import { type Scenario } from '../scenario.js';
import { LETHAL, lethal, unsendable, UNSENDABLE } from './unsendable.js';
import { unreadable, UNREADABLE } from './unreadable.js';
import { unwritable, UNWRITABLE } from './unwritable.js';

/** Customers of each kind of poison; every other one goes on after it. */
const EACH = 10;
const STAGES = Object.keys(POISONS) as PoisonedStage[];
const KINDS = STAGES.flatMap((stage) => POISONS[stage].map((kind) => ({ stage, kind, title: `${stage}: ${kind}` })));
const SENT_BACK = 'letter sent back';
const BY_TWO = 'letter sent back twice at once';

const LETTERS = {
  ...Object.fromEntries(KINDS.map(({ title }) => [title, EACH])),
  [SENT_BACK]: KINDS.length * EACH,
};

export const poison: Scenario = {
  number: 7,
  name: 'poison',
  promise:
    'What a stage cannot decode, step, wake or write becomes a dead letter and its partition goes on; sent back to a mended program it ' +
    'counts once. While letters cannot be written their partition waits and says why. A message that fails is tried six times.',
  mayRepeatSends: true,
  least: {
    ...LETTERS,
    [BY_TWO]: 1,
    [UNREADABLE]: STAGES.length,
    [UNWRITABLE]: STAGES.length,
    [UNSENDABLE]: EACH,
    [LETHAL]: TRIES,
  },
  // Whoever dies is missed soon, so that a message is tried often enough before it is too old to be sent.
  arena: { environment: { CHAOS_POISON: 'yes', KAFKA_SESSION_TIMEOUT_MS: '3000' } },
  async strike(arena) {
    await Promise.all([unsendable(arena, arena.rounds(EACH)), buryAll(arena)]);
    await examineLetters(arena);
    await lethal(arena);
    await mend(arena);
    await sendBack(arena);
    await unreadable(arena);
  },
};

/** A part of it, for a short run: what is poison is buried, the program mended, and every letter sent back. */
export const lettersAlone: Scenario = {
  ...poison,
  name: 'letters',
  least: LETTERS,
  async strike(arena) {
    await buried(arena, await poisonAll(arena));
    await examineLetters(arena);
    await mend(arena);
    await sendBack(arena);
  },
};

/** Resolves when whatever is poison has become a dead letter. */
async function buryAll(arena: Arena): Promise<void> {
  await buried(arena, await poisonAll(arena));
  // Not before: a partition that still has a letter to write waits as well.
  await buried(arena, await unwritable(arena));
}

async function buried(arena: Arena, names: readonly string[]): Promise<void> {
  await until('dead letters', async () => {
    const found = new Set((await listLetters(arena)).map(nameOf));
    const missing = names.filter((name) => !found.has(name));
    return missing.length === 0 ? null : `there is none of ${missing.length} customers, as ${missing[0]}`;
  });
}

/** Returns the poisoned customers. */
async function poisonAll(arena: Arena): Promise<string[]> {
  const names = await Promise.all(
    KINDS.map(async ({ stage, kind }) => {
      const group = await bringRegulars(arena, poisonName(stage, kind), { count: arena.rounds(EACH) });
      for (const [n, name] of kind === 'wake-up' ? [] : group.entries()) {
        await arena.load.send([purchase(name, BAD)]);
        if (n % 2 === 0) await arena.load.send([purchase(name, 'after')]);
      }
      return group;
    }),
  );
  return names.flat();
}

/** Every letter says what it is about and why, and is of a poisoned customer's. */
async function examineLetters(arena: Arena): Promise<void> {
  const letters = await listLetters(arena);
  for (const { stage, kind, title } of KINDS) {
    const own = letters.filter((each) => nameOf(each)?.startsWith(`${poisonName(stage, kind)}-`));
    arena.struck(title, own.length);
    for (const { id, reason, stage: found } of own)
      if (found !== stage || !(kind === 'output' ? /larger than the limit/ : /^poison for /).test(reason))
        arena.faults.push(`${id}, of ${title}, is a letter of ${found} for another reason: ${reason}`);
    if (own[0]) await examineOne(arena, own[0], kind);
  }
}

async function examineOne(arena: Arena, { id, reason }: ListedLetter, kind: string): Promise<void> {
  const { headers, base64 } = await showLetter(arena, id);
  const { schema, eventId, source, error, replayOf } = HEADERS;
  const missing = [schema, eventId, source, ...(kind === 'wake-up' ? [] : [replayOf])].filter((name) => !headers[name]);
  if (missing.length > 0) arena.faults.push(`The dead letter ${id} has no header ${missing.join(', ')}.`);
  if (headers[error] !== reason || base64 === '') arena.faults.push(`The dead letter ${id} is not shown as it is.`);
}

/** Every stage is stopped, mended, and started again: from where it stood on, nothing fails any more. */
async function mend(arena: Arena): Promise<void> {
  const { fleet, grounds, options } = arena;
  for (const stage of STAGES) await arena.stop(fleet.of(stage));
  const mendedAt = new Map(STAGES.map((stage) => [stage, Array.from({ length: options.partitions }, () => 0)]));
  const rows = await grounds.database.query<{ task: PoisonedStage; partition: number; position: string; half: number }>(
    'select task, partition, position, outputs + letters as half from owners',
  );
  for (const { task, partition, position, half } of rows) {
    if (half > 0) throw new Error(`${task} was stopped in the middle of a record of partition ${partition}.`);
    mendedAt.get(task)![partition] = Number(position);
  }
  arena.mendedAt = mendedAt;
  fleet.change({ CHAOS_POISON: '' });
  await fleet.start();
  await fleet.ready();
  arena.say('the program is mended');
}

/** By two people at once, and then once more. */
async function sendBack(arena: Arena): Promise<void> {
  const both = await Promise.all([replayLetters(arena), replayLetters(arena)]);
  const sent = both.flat().filter(({ outcome }) => outcome === 'sent-back');
  const ids = new Set(sent.map(({ id }) => id));
  arena.struck(SENT_BACK, ids.size);
  arena.struck(BY_TWO, sent.length - ids.size);
  await until('letters to be taken in', async () => {
    const left = await listLetters(arena);
    return left.length === 0 ? null : `${left.length} are left, as ${left[0]!.id} (${left[0]!.reason})`;
  });
  const again = (await replayLetters(arena)).filter(({ outcome }) => outcome !== 'taken-in');
  if (again.length > 0) arena.faults.push(`${again.length} letters were sent back once more, as ${again[0]!.id}.`);
  arena.say(`${ids.size} letters sent back, ${sent.length - ids.size} of them twice`);
}

const nameOf = ({ customer }: ListedLetter): string | null => customer && splitKey(customer).customer;
