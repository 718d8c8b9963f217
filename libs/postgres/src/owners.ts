// How far the stages are, as the database has it.
import { type Millis } from '@holdfast/schemas';

import { type Transaction } from './transaction.js';

/** A partition of a stage's input. */
export interface OwnerRow {
  readonly task: string;
  readonly partition: number;
  /** Offset of the record to apply next. */
  readonly position: number;
  /** Its largest tick; 0 before the first. */
  readonly now: Millis;
}

/** All partitions that a stage has begun. */
export const listOwners = (tx: Transaction): Promise<OwnerRow[]> =>
  tx.query<OwnerRow>('select task, partition, position, now_ms as now from owners order by task, partition');

/** Whether this database has been Holdfast's before. */
export async function hasOwners(tx: Transaction): Promise<boolean> {
  const [owners] = await tx.query<{ isThere: boolean }>(`select to_regclass('owners') is not null as "isThere"`);
  return owners!.isThere;
}

/** More than a backup can have forgotten. */
const FORGOTTEN = 1_000_000;

/**
 * After the database has gone back: passes the epochs that it has forgotten. Given away a second time, they would let in again who
 * had them before.
 */
export async function passForgottenEpochs(tx: Transaction): Promise<void> {
  await tx.query('update owners set epoch = epoch + $1', [FORGOTTEN]);
}
