// The transactional outbox: intervention.events on their way to the log, written in the transaction that causes them and appended to
// the topic afterwards, in order. So none is told that did not happen, and none is lost. A row is removed when the log has it.
import { unnestRows } from './read-model-columns.js';
import { type Transaction } from './transaction.js';

/** A record of intervention.events. */
export interface OutboxRow {
  readonly partition: number;
  readonly eventId: string;
  readonly key: string;
  readonly at: number;
  readonly value: Uint8Array;
}

/** Adds records, in this order. */
export async function addToOutbox(tx: Transaction, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { from, parameters } = unnestRows<OutboxRow & { readonly place: number }>(
    rows.map((row, place) => ({ ...row, place })),
    {
      place: ['int', (row) => row.place],
      partition: ['int', (row) => row.partition],
      event_id: ['text', (row) => row.eventId],
      key: ['text', (row) => row.key],
      at: ['bigint', (row) => row.at],
      value: ['bytea', (row) => Buffer.from(row.value)],
    },
  );
  await tx.query(
    `insert into intervention_outbox (partition, event_id, key, at, value)
     select partition, event_id, key, at, value from ${from} order by place`,
    parameters,
  );
}

/** Partitions with something to publish. */
export async function listOutboxPartitions(database: Transaction): Promise<number[]> {
  const rows = await database.query<{ partition: number }>(
    'select distinct partition from intervention_outbox order by partition',
  );
  return rows.map(({ partition }) => partition);
}

// First key of the advisory locks: any constant that nobody else on this server uses.
const LOCK = 730_519_423;

/** The oldest records of a partition; null while another publisher is at it. Held until the transaction ends. */
export async function takeFromOutbox(tx: Transaction, partition: number, limit: number) {
  const [lock] = await tx.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1::int, $2::int) as taken', [
    LOCK,
    partition,
  ]);
  if (!lock?.taken) return null;
  return tx.query<OutboxRow & { readonly id: number }>(
    `select id, partition, event_id as "eventId", key, at, value from intervention_outbox
      where partition = $1 order by id limit $2`,
    [partition, limit],
  );
}

/** Removes published records. */
export async function removeFromOutbox(tx: Transaction, ids: readonly number[]): Promise<void> {
  await tx.query('delete from intervention_outbox where id = any($1::bigint[])', [ids]);
}
