// The checkpoint store on PostgreSQL, read committed. The row in `owners` is the fence: a checkpoint locks it while its epoch is
// still the writer's, and every read is joined to it, so that nobody reads states from its own future or writes over a newer owner,
// and nobody works on with a database that has gone back to an older backup.
import {
  type Checkpoint,
  type CheckpointStore,
  type MessageId,
  type Owned,
  type Ownership,
  type PartitionId,
  type Progress,
  type StoredCustomer,
  type WakeUp,
} from './checkpoint-store.js';
import {
  customerColumns,
  type CustomerRow,
  PROGRESS_COLUMNS,
  type ProgressRow,
  progressValues,
  readCustomer,
  readProgress,
} from './checkpoint-rows.js';
import { type Database } from './database.js';
import { Fences, GONE_BACK, MINE } from './fence.js';
import { MessageDays } from './message-days.js';
import { type Transaction } from './transaction.js';

const ADVANCE = `update owners as o set ${PROGRESS_COLUMNS.map((name, i) => `${name} = $${i + 7}`).join(', ')},
  updated_at = now() where ${MINE} returning 1 as mine`;
const WAKE_UPS = `select w.wake_at as "wakeAt", w.key from owners as o left join lateral (
    select s.wake_at, s.key from states as s
    where s.task = o.task and s.partition = o.partition and s.wake_at is not null
    order by s.wake_at, s.key limit $7
  ) as w on true where ${MINE}`;

export class PostgresCheckpointStore implements CheckpointStore {
  private readonly days: MessageDays;
  private readonly fences = new Fences();

  /** `beforeCommit`: told of a checkpoint that is written but for its COMMIT; for tests. */
  constructor(
    private readonly database: Database,
    private readonly beforeCommit?: (id: PartitionId) => void,
  ) {
    this.days = new MessageDays(database);
  }

  async own({ task, partition }: PartitionId, window: number): Promise<Owned | null> {
    await this.database.query('insert into owners (task, partition) values ($1, $2) on conflict do nothing', [
      task,
      partition,
    ]);
    const rows = await this.database.query<ProgressRow & { epoch: number }>(
      `update owners set epoch = epoch + 1, updated_at = now() where task = $1 and partition = $2
       returning epoch, ${PROGRESS_COLUMNS.join(', ')}`,
      [task, partition],
    );
    const row = rows[0]!;
    // Not in the RETURNING: that would see the wake-ups as they were before the update waited for an earlier owner's checkpoint.
    const owner = { task, partition, epoch: row.epoch };
    const progress = readProgress(row);
    this.fences.note(owner, progress);
    const wakeUps = await readWakeUps(this.database, this.fences.parameters(owner), window);
    return wakeUps && { epoch: row.epoch, progress, wakeUps };
  }

  async load(owner: Ownership, keys: readonly string[]): Promise<readonly StoredCustomer[] | null> {
    const rows = await this.database.query<CustomerRow | { key: null }>(
      `select s.key, s.version, s.bytes, s.in_sequence, s.out_sequence, s.wake_at
       from owners as o left join states as s on s.task = o.task and s.partition = o.partition and s.key = any($7::text[])
       where ${MINE}`,
      [...this.fences.parameters(owner), keys],
    );
    return rows.length === 0 ? null : rows.filter((row) => row.key !== null).map(readCustomer);
  }

  async seen(owner: Ownership, ids: readonly string[], sinceDay: number): Promise<readonly MessageId[] | null> {
    const rows = await this.database.query<MessageId | { id: null; day: null }>(
      `select id, day from seen_messages($1, $2, $3, $7, $8) where exists (select from owners as o where ${MINE})`,
      [...this.fences.parameters(owner), ids, sinceDay],
    );
    return rows.length === 0 ? null : rows.filter((row) => row.id !== null);
  }

  async save(checkpoint: Checkpoint, window: number): Promise<readonly WakeUp[] | null> {
    const { task, partition, customers, messageIds } = checkpoint;
    const mine = this.fences.parameters(checkpoint);
    await this.days.make(messageIds);
    try {
      const wakeUps = await this.database.transaction(async (transaction) => {
        await advance(transaction, mine, checkpoint.progress);
        if (customers.length > 0) {
          const { bytes, columns } = customerColumns(customers);
          await transaction.query(
            `insert into states (task, partition, key, version, bytes, in_sequence, out_sequence, wake_at)
             select $1, $2, key, version, substring($3::bytea from start for length), in_sequence, out_sequence, wake_at
             from unnest($4::text[], $5::int[], $6::int[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[])
               as given (key, version, start, length, in_sequence, out_sequence, wake_at)
             on conflict (task, partition, key) do update set version = excluded.version, bytes = excluded.bytes,
               in_sequence = excluded.in_sequence, out_sequence = excluded.out_sequence, wake_at = excluded.wake_at`,
            [task, partition, bytes, ...columns],
          );
        }
        if (messageIds.length > 0) {
          await transaction.query(
            `insert into message_ids (task, partition, id, day)
             select $1, $2, * from unnest($3::text[], $4::int[]) on conflict do nothing`,
            [task, partition, messageIds.map((each) => each.id), messageIds.map((each) => each.day)],
          );
        }
        const next = await readWakeUps(transaction, mine, window);
        if (!next) throw new Fenced();
        this.beforeCommit?.(checkpoint);
        return next;
      });
      this.fences.note(checkpoint, checkpoint.progress);
      return wakeUps;
    } catch (error) {
      if (error instanceof Fenced) return null;
      this.days.forget(); // somebody may have dropped one of them
      throw error;
    }
  }

  async advance(
    owner: Ownership,
    progress: Progress,
    work: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    try {
      await this.database.transaction(async (transaction) => {
        await advance(transaction, this.fences.parameters(owner), progress);
        await work(transaction);
        this.beforeCommit?.(owner);
      });
      this.fences.note(owner, progress);
      return true;
    } catch (error) {
      if (error instanceof Fenced) return false;
      throw error;
    }
  }

  /** False: the database has gone back to an older backup since this process last saw it. */
  async isCurrent(): Promise<boolean> {
    return (await this.database.query(GONE_BACK, this.fences.columns())).length === 0;
  }

  prune(task: string, windowDays: number): Promise<void> {
    return this.days.prune(task, windowDays);
  }
}

/** Rolls a transaction back. */
class Fenced extends Error {}

async function advance(transaction: Transaction, mine: readonly unknown[], progress: Progress): Promise<void> {
  const rows = await transaction.query(ADVANCE, [...mine, ...progressValues(progress)]);
  if (rows.length === 0) throw new Fenced();
}

async function readWakeUps(
  transaction: Transaction,
  mine: readonly unknown[],
  window: number,
): Promise<readonly WakeUp[] | null> {
  const rows = await transaction.query<WakeUp>(WAKE_UPS, [...mine, window]);
  if (rows.length === 0) return null;
  return rows[0]!.key === null ? [] : rows;
}
