// The port of the runner to what must survive it: who owns a partition, how far it is, its customers' states. Everything but
// `own` is fenced: it works only while `epoch` is the partition's epoch, and says so otherwise.
import { type Millis } from '@holdfast/schemas';

import { type Transaction } from './transaction.js';

/** A partition of the input of a task or sink. */
export interface PartitionId {
  readonly task: string;
  readonly partition: number;
}

/** The right to a partition, as long as nobody has raised its epoch. */
export interface Ownership extends PartitionId {
  readonly epoch: number;
}

/** Encoded state; `version` is its codec's, at least 1. */
export interface VersionedBytes {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** How far a partition is. */
export interface Progress {
  /** Offset of the record to apply next. */
  readonly position: number;
  /** Outputs that the record at `position` has caused already: a tick may be applied in parts. */
  readonly outputs: number;
  /** Dead letters it has caused already. */
  readonly letters: number;
  /** Largest tick applied; 0 before the first. */
  readonly now: Millis;
  /** Highest source applied. */
  readonly source: { readonly logId: string; readonly offset: number; readonly index: number } | null;
  /** The partition's own value; null until first set. */
  readonly shared: VersionedBytes | null;
  /** Duplicates dropped so far. */
  readonly duplicates: number;
}

/** A customer. `state` null: forgotten, but the sequences go on. */
export interface StoredCustomer {
  readonly key: string;
  readonly state: VersionedBytes | null;
  /** Sequence of the last record read and written; 0 before the first. */
  readonly inSequence: number;
  readonly outSequence: number;
  readonly wakeAt: Millis | null;
}

/** A customer's next wake-up. Ordered by (wakeAt, key), keys by their UTF-8 bytes. */
export interface WakeUp {
  readonly wakeAt: Millis;
  readonly key: string;
}

/** A message id applied, with the day (since 1970, of stream time) it counts from. */
export interface MessageId {
  readonly id: string;
  readonly day: number;
}

/** All that one checkpoint writes; repeating it changes nothing. */
export interface Checkpoint extends Ownership {
  readonly progress: Progress;
  readonly customers: readonly StoredCustomer[];
  readonly messageIds: readonly MessageId[];
}

/** What a new owner starts from. */
export interface Owned {
  readonly epoch: number;
  readonly progress: Progress;
  /** The next wake-ups in order, `window` at most. */
  readonly wakeUps: readonly WakeUp[];
}

export interface CheckpointStore {
  /** Raises the partition's epoch, so that all earlier owners are fenced. null: fenced already by an even newer one. */
  own(id: PartitionId, window: number): Promise<Owned | null>;
  /** The customers among `keys` that exist. null: fenced. */
  load(owner: Ownership, keys: readonly string[]): Promise<readonly StoredCustomer[] | null>;
  /** Which of `ids` were applied on `sinceDay` or later, with the last such day. null: fenced. */
  seen(owner: Ownership, ids: readonly string[], sinceDay: number): Promise<readonly MessageId[] | null>;
  /** Writes a checkpoint in one transaction and reads the next `window` wake-ups at its end. null: fenced, nothing written. */
  save(checkpoint: Checkpoint, window: number): Promise<readonly WakeUp[] | null>;
  /** For sinks: `work` and the progress in one transaction. false: fenced, nothing written. */
  advance(owner: Ownership, progress: Progress, work: (transaction: Transaction) => Promise<void>): Promise<boolean>;
  /** Forgets message ids that count from more than `windowDays` before the now of the task's slowest partition. */
  prune(task: string, windowDays: number): Promise<void>;
}
