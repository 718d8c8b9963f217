// Reading one partition with kafkajs, which reads only inside a group: a group of its own for every stream, with one member,
// one partition and no committed offset. Every time it joins it is sent to the offset that is next.
import { AssignerProtocol, type Consumer, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs';
import { randomUUID } from 'node:crypto';

import { Backoff } from '../backoff.js';
import { type RecordStream, type StoredRecord } from '../broker.js';
import { PermanentError } from '../errors.js';

const HIGH_BYTES = 1_048_576;
const LOG_APPEND_TIME = 1;

/** Where a stream reads. */
export interface ReadFrom {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One `next` at a time. */
export class KafkaJsStream implements RecordStream {
  readonly #chunks: { readonly records: readonly StoredRecord[]; readonly bytes: number }[] = [];
  #expected: number;
  #held = 0;
  #error: unknown;
  #closed = false;
  #wakeReader: () => void = () => {};
  #wakeFetcher: () => void = () => {};
  readonly #running: Promise<void>;

  /** `check` rejects when the offset lies outside the log. */
  constructor(
    private readonly kafka: Kafka,
    private readonly from: ReadFrom,
    private readonly check: (from: ReadFrom) => Promise<void>,
    private readonly onClose: (stream: KafkaJsStream) => void,
  ) {
    this.#expected = from.offset;
    this.#running = this.#run();
  }

  async next(): Promise<readonly StoredRecord[]> {
    for (;;) {
      if (this.#closed) return [];
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#held -= chunk.bytes;
        this.#wakeFetcher();
        return chunk.records;
      }
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeReader();
    this.#wakeFetcher();
    this.onClose(this);
    await this.#running;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(100);
    while (!this.#closed && this.#error === undefined) {
      try {
        await this.check({ ...this.from, offset: this.#expected });
        await this.#consume();
      } catch (error) {
        if (error instanceof PermanentError || error instanceof RangeError) this.#fail(error);
        else await new Promise((resolve) => setTimeout(resolve, backoff.next()));
      }
    }
  }

  /** Until closed, failed, or kafkajs gives up on this consumer. */
  async #consume(): Promise<void> {
    const { topic, partition } = this.from;
    const consumer = this.kafka.consumer({
      groupId: `holdfast-reader-${randomUUID()}`,
      partitionAssigners: [only(topic, partition)],
      allowAutoTopicCreation: false,
      // Kafka's least: after its restart the group waits this long for the member that went down with it.
      sessionTimeout: 6_000,
      rebalanceTimeout: 6_000,
      heartbeatInterval: 1_500,
      maxWaitTimeInMs: 500,
      maxBytesPerPartition: HIGH_BYTES,
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic] });
      consumer.on(consumer.events.GROUP_JOIN, () =>
        consumer.seek({ topic, partition, offset: String(this.#expected) }),
      );
      const over = this.#over(consumer);
      await consumer.run({ autoCommit: false, eachBatch: (payload) => this.#take(payload) });
      await over;
    } finally {
      await consumer.disconnect().catch(() => {});
    }
  }

  #over(consumer: Consumer): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (this.#closed || this.#error !== undefined) resolve();
      };
      this.#wakeFetcher = check;
      check();
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
    });
  }

  async #take({ batch, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const end = this.#wakeFetcher;
    const first = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    if (this.#closed || isStale()) return;
    if (first !== this.#expected) {
      // kafkajs answers an offset that has gone by jumping to another one, and says so only in its log.
      const { topic, partition } = this.from;
      const message = `Records from offset ${this.#expected} on are gone from partition ${partition} of ${topic}.`;
      this.#fail(new PermanentError('offset-out-of-range', message, { ...this.from, offset: this.#expected }));
      return end();
    }
    const stamped = batch.messages.find(isStampedOnArrival);
    if (stamped) {
      const message = `Topic ${batch.topic} stamps the time of arrival, and kafkajs hides the records' own: read it with the default client.`;
      this.#fail(new Error(message));
      return end();
    }
    const records = batch.messages.map(toRecord);
    const bytes = records.reduce((sum, { value }) => sum + value.length + 200, 0);
    this.#expected = Number(batch.lastOffset()) + 1;
    this.#chunks.push({ records, bytes });
    this.#held += bytes;
    this.#wakeReader();
    while (this.#held >= HIGH_BYTES && !this.#closed && isRunning()) {
      await this.#room();
      await heartbeat();
    }
    this.#wakeFetcher = end;
    end();
  }

  /** Until the reader has taken something, but no longer than a heartbeat may wait. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      this.#wakeFetcher = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#wakeReader();
  }
}

function isStampedOnArrival(message: KafkaMessage): boolean {
  const { batchContext } = message as { batchContext?: { timestampType?: number } };
  return batchContext?.timestampType === LOG_APPEND_TIME;
}

function toRecord(message: KafkaMessage): StoredRecord {
  const headers: Record<string, string> = {};
  for (const name in message.headers) headers[name] = String(message.headers[name]);
  return {
    key: message.key === null ? null : message.key.toString(),
    value: message.value ?? Buffer.alloc(0),
    headers,
    at: Number(message.timestamp),
    offset: Number(message.offset),
  };
}

/** Gives one partition to the group's one member. */
function only(
  topic: string,
  partition: number,
): () => {
  name: string;
  version: number;
  assign(group: { members: { memberId: string }[] }): Promise<{ memberId: string; memberAssignment: Buffer }[]>;
  protocol(subscription: { topics: string[] }): { name: string; metadata: Buffer };
} {
  const name = 'holdfast-one-partition';
  return () => ({
    name,
    version: 0,
    assign: async ({ members }) =>
      members.map(({ memberId }, index) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 0,
          assignment: { [topic]: index === 0 ? [partition] : [] },
          userData: Buffer.alloc(0),
        }),
      })),
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
    }),
  });
}
