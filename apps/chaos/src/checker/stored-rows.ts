// What the services have stored, read as it is in the tables: not through the code that wrote it.
import { type Transaction } from '@holdfast/postgres';

/** How far a stage is in a partition. */
export interface OwnerRow {
  readonly position: number;
  readonly outputs: number;
  readonly letters: number;
  readonly now: number;
  readonly sourceLog: string | null;
  readonly sourceOffset: number | null;
  readonly sourceIndex: number | null;
  readonly shared: Buffer | null;
  readonly sharedVersion: number | null;
  readonly duplicates: number;
}

export interface StateRow {
  readonly key: string;
  /** 0: forgotten. */
  readonly version: number;
  readonly bytes: Buffer;
  readonly inSequence: number;
  readonly outSequence: number;
  readonly wakeAt: number | null;
}

/** A partition of a stage. */
export interface StagePartition {
  readonly task: string;
  readonly partition: number;
}

export async function readOwner(db: Transaction, { task, partition }: StagePartition): Promise<OwnerRow | null> {
  const rows = await db.query<OwnerRow>(
    `select position, outputs, letters, now_ms as "now", source_log as "sourceLog", source_offset as "sourceOffset",
            source_index as "sourceIndex", shared, shared_version as "sharedVersion", duplicates
       from owners where task = $1 and partition = $2`,
    [task, partition],
  );
  return rows[0] ?? null;
}

const PAGE = 5_000;

/** Everybody's state, by key, in pages. */
export async function* readStates(db: Transaction, { task, partition }: StagePartition): AsyncGenerator<StateRow[]> {
  for (let after: string | null = null; ;) {
    const rows: StateRow[] = await db.query<StateRow>(
      `select key, version, bytes, in_sequence as "inSequence", out_sequence as "outSequence", wake_at as "wakeAt"
         from states where task = $1 and partition = $2 and ($3::text is null or key > $3) order by key limit $4`,
      [task, partition, after, PAGE],
    );
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!.key;
  }
}

/** Message ids, each with the last day on which it was applied. */
export const readMessageIds = (db: Transaction, { task, partition }: StagePartition) =>
  db.query<{ readonly id: string; readonly day: number }>(
    'select id, max(day) as day from message_ids where task = $1 and partition = $2 group by id',
    [task, partition],
  );
