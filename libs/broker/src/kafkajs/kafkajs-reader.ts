// Reading a topic with kafkajs, which reads only inside a group: one consumer, alone in a group of its own, has all partitions and
// fetches those of which there is a stream. So a stream begins without a group having to be joined, once its reader has joined one.
import { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Backoff } from '../backoff.js';
import { type RecordStream } from '../broker.js';
import { PermanentError } from '../errors.js';
import { KafkaJsStream } from './kafkajs-stream.js';
import { NO_RESTART } from './no-restart.js';

/** The largest batch that a producer writes. */
const PARTITION_BYTES = 1_048_576;
/** kafkajs asks for partitions always in the same order: the last ones must find room, too. */
const FETCH_BYTES = 64 * PARTITION_BYTES;
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
  /** Those that lie inside the log, as far as one knows. */
  readonly #placed = new WeakSet<KafkaJsStream>();
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
    const stream: KafkaJsStream = new KafkaJsStream(offset, {
      emptied: () => {
        if (this.#placed.has(stream)) this.#tell((consumer) => consumer.resume(this.#only(partition)));
      },
      closed: () => {
        this.#streams.delete(partition);
        this.#pause(partition);
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
      maxBytesPerPartition: PARTITION_BYTES,
      maxBytes: FETCH_BYTES,
      retry: NO_RESTART,
    });
    try {
      const over = new Promise<void>((resolve, reject) => {
        this.#end = resolve;
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      });
      over.catch(() => {}); // it may come before it is waited for
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        this.#joined = consumer;
        const partitions = payload.memberAssignment[this.topic] ?? [];
        consumer.pause([{ topic: this.topic, partitions }]);
        for (const [partition, stream] of this.#streams) {
          if (this.#placed.has(stream)) this.#seek(partition, stream);
          else void this.#place(partition, stream);
        }
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic] });
      if (this.#isClosed) return;
      await consumer.run({ autoCommit: false, eachBatch: (payload) => this.#take(payload) });
      await over;
    } finally {
      this.#joined = undefined;
      await consumer.disconnect().catch(() => {});
    }
  }

  /** Begins with a stream when it lies inside the log. */
  async #place(partition: number, stream: KafkaJsStream): Promise<void> {
    const backoff = new Backoff(100);
    const isOver = () => stream.isFailed || this.#streams.get(partition) !== stream;
    while (!isOver()) {
      try {
        await this.check({ topic: this.topic, partition, offset: stream.expected });
        break;
      } catch (error) {
        if (error instanceof PermanentError || error instanceof RangeError) return stream.fail(error);
        await pause(backoff.next());
      }
    }
    if (isOver()) return;
    this.#placed.add(stream);
    this.#seek(partition, stream);
  }

  /** Sends the consumer to where a stream is; again whenever it has joined its group anew. */
  #seek(partition: number, stream: KafkaJsStream): void {
    this.#tell((consumer) => {
      consumer.seek({ topic: this.topic, partition, offset: String(stream.expected) });
      if (!stream.isFull && !stream.isFailed) consumer.resume(this.#only(partition));
    });
  }

  async #take({ batch, isStale }: EachBatchPayload): Promise<void> {
    const { partition } = batch;
    const stream = this.#streams.get(partition);
    if (!stream || isStale()) return;
    if (Number((batch as unknown as { fetchedOffset: string }).fetchedOffset) === stream.expected) {
      stream.take(batch);
      if (stream.isFull || stream.isFailed) this.#pause(partition);
      return;
    }
    // kafkajs answers an offset that has gone by jumping to another one, and says so only in its log. Nothing is waited for here:
    // other partitions are next.
    this.#placed.delete(stream);
    this.#pause(partition);
    void this.#place(partition, stream);
  }

  #pause(partition: number): void {
    this.#tell((consumer) => consumer.pause(this.#only(partition)));
  }

  #only(partition: number) {
    return [{ topic: this.topic, partitions: [partition] }];
  }

  /** kafkajs throws while its consumer is not in a group; on joining one everything is told again. */
  #tell(what: (consumer: Consumer) => void): void {
    try {
      if (this.#joined) what(this.#joined);
    } catch {
      // see above
    }
  }
}
