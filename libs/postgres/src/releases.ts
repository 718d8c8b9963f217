// Which model scores: what the stages have come to, and what has been promoted.
import { type Millis } from '@holdfast/schemas';

import { type Transaction } from './transaction.js';

/** A promotion, as it was asked for; it takes effect where the log says so. */
export interface Promotion {
  readonly at: Millis;
  /** SHA-256 of the release, hex. */
  readonly artifact: string;
  /** The one before it. */
  readonly insteadOf: string;
}

/** Whether this database has been migrated that far. */
export async function knowsPromotions(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ isThere: boolean }>(`select to_regclass('promotions') is not null as "isThere"`);
  return row!.isThere;
}

export async function notePromotion(tx: Transaction, { at, artifact, insteadOf }: Promotion): Promise<void> {
  await tx.query('insert into promotions (at, artifact, instead_of) values ($1, $2, $3)', [at, artifact, insteadOf]);
}

/** Oldest first. */
export const listPromotions = (tx: Transaction): Promise<Promotion[]> =>
  tx.query<Promotion>('select at, artifact, instead_of as "insteadOf" from promotions order by id');

/** Partitions of scoring by the release that their last checkpoint names; '' before the first one. */
export const countChampions = (
  tx: Transaction,
): Promise<{ readonly artifact: string; readonly partitions: number }[]> =>
  tx.query(
    `select convert_from(shared, 'UTF8') as artifact, count(*)::integer as partitions from owners
      where task = 'scoring' and shared is not null group by 1 order by 2 desc, 1`,
  );
