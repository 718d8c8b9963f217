// Which model scores: what the stages have come to, and what has been promoted.
import { type Millis } from '@holdfast/schemas';

import { type Database } from './database.js';
import { type Transaction } from './transaction.js';

/** A change of champion, as it was asked for; it takes effect where the log says so. */
export interface Promotion {
  readonly id: number;
  readonly at: Millis;
  readonly kind: 'promote' | 'rollback';
  /** SHA-256 of the release, hex. */
  readonly artifact: string;
  /** The one before it. */
  readonly insteadOf: string;
  /** Its records are in the log, in every partition. */
  readonly isWritten: boolean;
}

/** Whether this database has been migrated that far. */
export async function knowsPromotions(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ isThere: boolean }>(`select to_regclass('promotions') is not null as "isThere"`);
  return row!.isThere;
}

/** Notes one that is about to be written. */
export async function notePromotion(
  tx: Transaction,
  { at, kind, artifact, insteadOf }: Omit<Promotion, 'id' | 'isWritten'>,
): Promise<Promotion> {
  const [row] = await tx.query<{ id: number }>(
    'insert into promotions (at, kind, artifact, instead_of) values ($1, $2, $3, $4) returning id',
    [at, kind, artifact, insteadOf],
  );
  return { id: row!.id, at, kind, artifact, insteadOf, isWritten: false };
}

export async function promotionIsWritten(tx: Transaction, { id }: Promotion): Promise<void> {
  await tx.query('update promotions set is_written = true where id = $1', [id]);
}

/** Oldest first. */
export const listPromotions = (tx: Transaction): Promise<Promotion[]> =>
  tx.query<Promotion>(
    `select id, at, kind, artifact, instead_of as "insteadOf", is_written as "isWritten" from promotions order by id`,
  );

/** Partitions of scoring by the release that their last checkpoint names; '' before the first one. */
export const countChampions = (
  tx: Transaction,
): Promise<{ readonly artifact: string; readonly partitions: number }[]> =>
  tx.query(
    `select split_part(convert_from(shared, 'UTF8'), E'\\n', 1) as artifact, count(*)::integer as partitions from owners
      where task = 'scoring' and shared is not null group by 1 order by 2 desc, 1`,
  );

/** Any number; the same for all who promote. */
const LOCK = 7_355_608;

/** Nobody else promotes in this log while `work` runs. Resolves to false, without running it, when somebody does. */
export const whilePromoting = (database: Database, work: () => Promise<void>): Promise<boolean> =>
  database.transaction(async (tx) => {
    const [row] = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [LOCK]);
    if (row!.mine) await work();
    return row!.mine;
  });
