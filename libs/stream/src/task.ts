// What a service hands to the runner: a pure fold over the records of one partition, or a sink into PostgreSQL.
import { type Transaction } from '@holdfast/postgres';
import { type Millis, type Release, type Topic } from '@holdfast/schemas';

/** Versioned bytes of a state. Bytes of an older version are upgraded on load; newer than `version` are refused. */
export interface StateCodec<State> {
  readonly version: number;
  encode(state: State): Uint8Array;
  decode(bytes: Uint8Array): State;
  /** Bytes of `from` (< version) to a state of today. */
  upgrade?(bytes: Uint8Array, from: number): State;
}

/** What one event or wake-up leads to. */
export interface Step<State, Shared, Output> {
  /** null: forget the customer. */
  readonly state: State | null;
  readonly outputs: readonly Output[];
  /** When the customer's silence next matters. */
  readonly wakeAt?: Millis;
  /** New shared state of the partition; absent: unchanged. */
  readonly shared?: Shared;
  /** What is to be counted about the record, a word or two: the value of a label. */
  readonly noted?: string;
}

/**
 * Thrown by `step`, `wake` or `release` when it is not the record's fault: something beside it is missing. The partition waits and tries
 * again, and nothing becomes a dead letter. The message says what to do.
 */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

/** One stream service: pure, synchronous, told the time. */
export interface Task<State, Shared, Input, Output> {
  readonly name: string;
  readonly input: Topic<Input>;
  readonly output: Topic<Output>;
  readonly state: StateCodec<State>;
  readonly shared?: { readonly codec: StateCodec<Shared>; readonly initial: Shared };
  /** Message id for duplicate removal; absent: the input is already free of duplicates. */
  messageId?(input: Input): string;
  step(state: State | undefined, input: Input, at: Millis, shared: Shared): Step<State, Shared, Output>;
  /**
   * Instead of `step` for a record sent back from the dead letters after later ones of its customer have been read: what it says
   * of their present is out of date. Absent: it is stepped like any other.
   */
  stepLate?(state: State | undefined, input: Input, at: Millis, shared: Shared): Step<State, Shared, Output>;
  /**
   * `at` = the state's own wakeAt. Must return a later one or none. One that threw may be fired again much later; if the customer
   * has been stepped since, only when that step asked for no other.
   */
  wake?(state: State, at: Millis, shared: Shared): Step<State, Shared, Output>;
  /** A release record went by; it is forwarded by the runner. What it throws holds the partition up. */
  release?(shared: Shared, release: Release): Shared;
}

/** A record as a sink sees it. */
export type SinkRecord<Input> =
  | {
      readonly kind: 'record';
      readonly value: Input;
      /** Header event-id, derived from the source: unique and the same on every replay. */
      readonly id: string;
      readonly key: string;
      readonly sequence: number;
      readonly at: Millis;
    }
  | { readonly kind: 'tick'; readonly at: Millis };

/**
 * A task whose output is PostgreSQL: records of one partition in order, applied in one transaction that also carries the
 * position and is fenced by the partition's epoch. Batches may be cut anywhere; the result must not depend on where.
 */
export interface Sink<Input> {
  readonly name: string;
  readonly input: Topic<Input>;
  apply(records: readonly SinkRecord<Input>[], partition: number, transaction: Transaction): Promise<void>;
  /** After the transaction has committed: for live listeners. Never for effects that must not be lost. */
  committed?(partition: number): void;
}
