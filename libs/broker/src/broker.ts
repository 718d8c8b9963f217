// The port: what Holdfast needs of a log. Small enough to implement three times; proved by one conformance suite.
import { type Millis } from '@holdfast/schemas';

/** A record to append. `key` null: addressed to the partition (ticks, releases). Header values are ASCII. */
export interface BrokerRecord {
  readonly key: string | null;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** The record's time; becomes Kafka's timestamp. */
  readonly at: Millis;
}

/** A record as read back. */
export interface StoredRecord extends BrokerRecord {
  readonly offset: number;
}

/** First offset kept, and the offset after the last record. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** null: for ever. */
  readonly retentionDays: number | null;
}

/**
 * An idempotent producer, acks=all. It keeps one send in flight per partition at least in effect: the records of one
 * partition are stored in the order of the calls, none twice. `append` resolves when they are durable, with the offset of
 * the first one; it rejects when it has failed for good, and then nothing later of this producer has been stored in that partition
 * before the caller could react: after a rejection every further append to that partition rejects too until `producer()` is called anew.
 */
export interface Producer {
  append(topic: string, partition: number, records: readonly BrokerRecord[]): Promise<number>;
  close(): Promise<void>;
}

/** Reads one partition from one offset on. Never reused across group generations: close it and open another. */
export interface RecordStream {
  /** The next records in offset order, at least one; waits for them. Resolves to [] once closed. Throws `PermanentError("offset-out-of-range")` when the offset lies outside the log. */
  next(): Promise<readonly StoredRecord[]>;
  close(): Promise<void>;
}

/** What a group member is told. The next callback is made only after the promise of the last one has settled. */
export interface GroupListener {
  /** These partitions are yours from now on. A partition kept through a rebalance is not announced again. */
  assigned(topic: string, partitions: readonly number[]): Promise<void>;
  /** These are no longer yours (or are about to go): stop. */
  revoked(topic: string, partitions: readonly number[]): Promise<void>;
}

export interface Membership {
  /** Commits positions (offset of the next record) for lag tools; nothing is ever read back from here to resume. */
  commit(topic: string, positions: ReadonlyMap<number, number>): Promise<void>;
  /** Leaves the group; `revoked` has been called for everything when it resolves. */
  leave(): Promise<void>;
}

export interface Broker {
  readonly name: 'embedded' | 'kafka' | 'kafkajs' | 'simulated';
  /** Creates the topics that are missing. Throws `PermanentError('partition-mismatch')` when one exists with another partition count. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Partition count; throws `PermanentError('no-such-topic')`. */
  partitions(topic: string): Promise<number>;
  bounds(topic: string): Promise<readonly Bounds[]>;
  producer(): Promise<Producer>;
  open(topic: string, partition: number, offset: number): RecordStream;
  join(group: string, topics: readonly string[], listener: GroupListener): Promise<Membership>;
  /** Committed positions of a group, null where none. */
  committed(group: string, topic: string): Promise<readonly (number | null)[]>;
  /** Resolves when the log answers, rejects otherwise: for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
