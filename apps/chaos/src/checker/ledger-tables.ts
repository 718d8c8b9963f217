// The tables of a ledger, read whole, and the second database that the undisturbed one is kept in.
import { type Database, type Transaction } from '@holdfast/postgres';

/** A table whose rows do not depend on when they were written: its primary key, and columns of which that is not true. */
export interface LedgerTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly without?: readonly string[];
}

export const LEDGER_TABLES: readonly LedgerTable[] = [
  { name: 'decisions', key: ['shop', 'id'] },
  { name: 'skipped_decisions', key: ['shop', 'id'] },
  { name: 'payments', key: ['shop', 'customer', 'at', 'id'] },
  { name: 'consents', key: ['shop', 'customer', 'channel'] },
  { name: 'contacts', key: ['shop', 'customer'] },
  { name: 'coupons', key: ['shop', 'code'] },
  { name: 'budget_slices', key: ['shop', 'partition', 'day', 'is_simulated'] },
  {
    name: 'messages',
    key: ['shop', 'decision_id'],
    without: ['state', 'reason', 'attempts', 'next_try_at', 'claimed_until', 'claim', 'sent_at'],
  },
];

/** Rows by primary key, as PostgreSQL writes them: equal texts are equal values, floating-point numbers too. */
export async function readTable(
  db: Transaction,
  { name, key, without = [] }: LedgerTable,
): Promise<Map<string, string>> {
  const rows = await db.query<{ key: string; row: string }>(
    `select concat_ws(' ', ${key.join(', ')}) as key, (to_jsonb(t) - $1::text[])::text as row from ${name} t`,
    [without],
  );
  return new Map(rows.map(({ key, row }) => [key, row]));
}

/** A message, and what the ledger knows that could be a reason against it. */
export interface MessageRow {
  readonly decisionId: string;
  readonly partition: number;
  readonly channel: string;
  readonly state: string;
  readonly reason: string | null;
  readonly sentAt: number | null;
  readonly origin: string;
  readonly attempts: number;
  readonly expiresAt: number | null;
  readonly hasPurchasedSince: boolean;
  readonly hasReturnedSince: boolean;
  readonly hasRefused: boolean;
  readonly hasAddress: boolean;
}

export const readMessages = (db: Transaction): Promise<MessageRow[]> =>
  db.query<MessageRow>(
    `select m.decision_id as "decisionId", m.partition, m.channel, m.state, m.reason, m.sent_at as "sentAt", d.origin, m.attempts,
            m.expires_at as "expiresAt", d.closed_at is not null as "hasReturnedSince",
            exists (select from payments p where p.shop = m.shop and p.customer = m.customer
                       and p.kind = 'purchase' and p.at > d.at) as "hasPurchasedSince",
            exists (select from consents c where c.shop = m.shop and c.customer = m.customer
                       and c.channel = m.channel and not c.granted) as "hasRefused",
            exists (select from contacts c where c.shop = m.shop and c.customer = m.customer
                       and c.email is not null) as "hasAddress"
       from messages m left join decisions d on d.shop = m.shop and d.id = m.decision_id order by m.at, m.decision_id`,
  );

export async function countDecisions(db: Transaction): Promise<number> {
  const [row] = await db.query<{ count: number }>('select count(*)::int as count from decisions');
  return row!.count;
}

export interface OutboxEvent {
  readonly eventId: string;
  readonly key: string;
  readonly at: number;
  readonly value: Buffer;
}

/** What a partition's intervention events not published yet are, in order. */
export const readOutbox = (db: Transaction, partition: number): Promise<OutboxEvent[]> =>
  db.query<OutboxEvent>(
    'select event_id as "eventId", key, at, value from intervention_outbox where partition = $1 order by id',
    [partition],
  );

/** Makes a database that need not survive anything. */
export async function createDatabase(origin: Database, name: string): Promise<void> {
  await origin.query(`create database ${name}`);
  await origin.query(`alter database ${name} set synchronous_commit = off`);
}

export const dropDatabase = (origin: Database, name: string): Promise<unknown> =>
  origin.query(`drop database if exists ${name} with (force)`);

/** Both derive the same codes. Returns the key; an installation that has none yet has given no code either. */
export async function copyCouponKey(from: Transaction, to: Transaction): Promise<Uint8Array> {
  const [row] = await from.query<{ key: Uint8Array }>('select key from coupon_keys');
  const key = row?.key ?? new Uint8Array(32);
  await to.query('insert into coupon_keys (key) values ($1)', [Buffer.from(key)]);
  return key;
}
