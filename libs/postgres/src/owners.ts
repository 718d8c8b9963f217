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
