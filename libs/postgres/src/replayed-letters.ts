// Dead letters that were sent back and have been taken in. A stage notes each in the transaction that holds its effect, so that a
// letter counts once, however often, and by how many, it is sent back.
import { type PartitionId } from './checkpoint-store.js';
import { type Transaction } from './transaction.js';

/** The day of what is never forgotten. */
export const FOR_EVER = 2_147_483_647;

/** What a letter is noted under. `letter`: its event id. */
export const letterMark = (letter: string): string => `letter/${letter}`;

/** For sinks: notes letters and returns those that had not been noted before. */
export async function noteLetters(
  tx: Transaction,
  { task, partition }: PartitionId,
  letters: readonly string[],
): Promise<ReadonlySet<string>> {
  const marks = [...new Set(letters.map(letterMark))];
  const rows = await tx.query<{ id: string }>(
    `insert into message_ids (task, partition, day, id) select $1, $2, $3, unnest($4::text[])
     on conflict do nothing returning id`,
    [task, partition, FOR_EVER, marks],
  );
  const added = new Set(rows.map(({ id }) => id));
  return new Set(letters.filter((letter) => added.has(letterMark(letter))));
}

/** Which of `letters` a stage has taken in. */
export async function findTakenIn(
  tx: Transaction,
  { task, partition }: PartitionId,
  letters: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    'select id from message_ids where task = $1 and partition = $2 and day = $3 and id = any($4)',
    [task, partition, FOR_EVER, letters.map(letterMark)],
  );
  const marks = new Set(rows.map(({ id }) => id));
  return new Set(letters.filter((letter) => marks.has(letterMark(letter))));
}

/** The next offset of each partition that a stage has begun. */
export async function findPositions(tx: Transaction, task: string): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.query<{ partition: number; position: number }>(
    'select partition, position from owners where task = $1',
    [task],
  );
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

/** Whether the database is that of a release which knows how letters are sent back. */
export async function knowsReplayedLetters(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ known: boolean }>(`select to_regclass('message_ids_for_ever') is not null as known`);
  return row?.known ?? false;
}
