// Reading a topic with kafkajs, which reads only inside a group: one consumer, alone in a group of its own, has all partitions and
// fetches those of which there is a stream. So a stream begins without a group having to be joined first.
import { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Backoff } from '../backoff.js';
import { type RecordStream } from '../broker.js';
import { PermanentError } from '../errors.js';
import { KafkaJsStream } from './kafkajs-stream.js';

const HIGH_BYTES = 1_048_576;
/** A fetch without records takes this long, and what is opened meanwhile waits for it, ms. */
const WAIT_MS = 200;

/** Where a stream reads. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One stream a partition at a time. */
export class KafkaJsReader {
  readonly #streams = new Map<number, KafkaJsStream>();
  /** While it is in its group. */
  #joined: Consumer | undefined;
  #isClosed = false;
  #end: () => void = () => {};
  readonly #running: Promise<void>;

  /** `check` rejects when an offset lies outside the log. */
  constructor(
    private readonly kafka: Kafka,
    readonly topic: string,
    private readonly check: (place: Place) => Promise<void>,
  ) {
    this.#running = this.#run();
  }

  isFree(partition: number): boolean {
    return !this.#streams.has(partition);
  }

  open(partition: number, offset: number): RecordStream {
    const part = { topic: this.topic, partitions: [partition] };
    const stream: KafkaJsStream = new KafkaJsStream(offset, {
      emptied: () => this.#tell((consumer) => consumer.resume([part])),
      closed: () => {
        this.#streams.delete(partition);
        this.#tell((consumer) => consumer.pause([part]));
      },
    });
    this.#streams.set(partition, stream);
    void this.#place(partition, stream);
    return stream;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#streams.values()].map((stream) => stream.close()));
    this.#end();
    await this.#running;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(100);
    while (!this.#isClosed) {
      try {
        await this.#consume();
      } catch {
        this.#joined = undefined;
        if (!this.#isClosed) await pause(backoff.next());
      }
    }
  }

  /** Until closed, or kafkajs gives up on this consumer. */
  async #consume(): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: `holdfast-reader-${randomUUID()}`,
      allowAutoTopicCreation: false,
      // Kafka's least: after its restart the group waits this long for the member that went down with it.
      sessionTimeout: 6_000,
      rebalanceTimeout: 6_000,
      heartbeatInterval: 1_500,
      maxWaitTimeInMs: WAIT_MS,
      maxBytesPerPartition: HIGH_BYTES,
    });
    try {
      const over = new Promise<void>((resolve, reject) => {
        this.#end = resolve;
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          this.#joined = undefined;
          if (!payload.restart) reject(payload.error);
        });
      });
      over.catch(() => {}); // it may come before it is waited for
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        this.#joined = consumer;
        const partitions = payload.memberAssignment[this.topic] ?? [];
        this.#tell(() => consumer.pause([{ topic: this.topic, partitions }]));
        for (const [partition, stream] of this.#streams) void this.#place(partition, stream);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic] });
      if (this.#isClosed) return;
      await consumer.run({ autoCommit: false, eachBatch: (payload) => this.#take(payload) });
      await over;
    } finally {
      await consumer.disconnect().catch(() => {});
    }
  }

  /** Sends the consumer to where a stream is. On joining a group anew that is done again. */
  async #place(partition: number, stream: KafkaJsStream): Promise<void> {
    const { topic } = this;
    const backoff = new Backoff(100);
    while (this.#streams.get(partition) === stream) {
      try {
        await this.check({ topic, partition, offset: stream.expected });
        break;
      } catch (error) {
        if (error instanceof PermanentError || error instanceof RangeError) return stream.fail(error);
        await pause(backoff.next());
      }
    }
    if (this.#streams.get(partition) !== stream) return;
    this.#tell((consumer) => {
      consumer.seek({ topic, partition, offset: String(stream.expected) });
      if (!stream.isFull) consumer.resume([{ topic, partitions: [partition] }]);
    });
  }

  async #take({ batch, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    const stream = this.#streams.get(partition);
    if (!stream || isStale()) return;
    // kafkajs answers an offset that has gone by jumping to another one, and says so only in its log.
    if (Number((batch as unknown as { fetchedOffset: string }).fetchedOffset) !== stream.expected)
      return this.#place(partition, stream);
    stream.take(batch);
    if (stream.isFull) this.#tell((consumer) => consumer.pause([{ topic, partitions: [partition] }]));
  }

  /** kafkajs throws while its consumer is not in a group; on joining one everything is told again. */
  #tell(what: (consumer: Consumer) => void): void {
    try {
      if (this.#joined) what(this.#joined);
    } catch {
      this.#joined = undefined;
    }
  }
}
