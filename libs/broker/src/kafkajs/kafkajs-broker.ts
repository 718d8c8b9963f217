// The log on Kafka through kafkajs: the alternative client (docs/decisions/kafka-client.md), slower to start reading and to rest.
import { setTimeout as pause } from 'node:timers/promises';

import { type Admin, Kafka, logLevel } from 'kafkajs';

import { type Bounds, type Broker, type GroupListener, type Membership, type Producer } from '../broker.js';
import { type RecordStream, type TopicSpec } from '../broker.js';
import { Backoff } from '../backoff.js';
import { PermanentError } from '../errors.js';
import { HeldPartitions } from '../kafka/held-partitions.js';
import { type KafkaOptions, unreachable } from '../kafka/kafka-broker.js';
import { noSuchTopic, partitionMismatch, unknownPartition } from '../refusals.js';
import { KafkaJsMember } from './kafkajs-member.js';
import { KafkaJsProducer } from './kafkajs-producer.js';
import { KafkaJsReader, type Place } from './kafkajs-reader.js';

/**
 * Connects through kafkajs. Rejects when none of the servers answers. Topics made here are kept for ever whatever their
 * `retentionDays`: kafkajs cannot tell a record's own time from the time of arrival, by which they would have to be deleted.
 */
export async function connectKafkaJs(options: KafkaOptions): Promise<Broker> {
  if (options.brokers.length === 0) throw new RangeError('brokers must name at least one server: []');
  const broker = new KafkaJsBroker(client(options, 5), options);
  try {
    await broker.connect();
  } catch (error) {
    await broker.close();
    throw unreachable(options.brokers, error);
  }
  return broker;
}

function client({ clientId, brokers }: KafkaOptions, retries: number): Kafka {
  const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries };
  return new Kafka({ clientId, brokers: [...brokers], logLevel: logLevel.NOTHING, retry });
}

/** How long partitions may be without a leader before that is an error. */
const LEADER_TIMEOUT_MS = 10_000;

class KafkaJsBroker implements Broker {
  readonly name = 'kafkajs';
  readonly #admin: Admin;
  readonly #readers: KafkaJsReader[] = [];
  readonly #members = new Set<KafkaJsMember>();
  readonly #producers = new Set<KafkaJsProducer>();
  readonly #counts = new Map<string, number>();
  readonly #log: (message: string) => void;
  #isClosed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaOptions,
  ) {
    this.#admin = kafka.admin();
    this.#log = options.log ?? ((message) => process.stderr.write(`${message}\n`));
  }

  connect(): Promise<void> {
    return this.#admin.connect();
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    const existing = new Set(await this.#admin.listTopics());
    for (const { name, partitions } of topics.filter((topic) => existing.has(topic.name))) {
      const found = await this.partitions(name);
      if (found !== partitions) throw partitionMismatch(name, found, partitions);
    }
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length === 0) return;
    await this.#admin.createTopics({
      waitForLeaders: false, // that gives up when a node has not heard of the topic yet
      topics: missing.map(({ name, partitions }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: this.options.replicationFactor ?? -1,
        // For ever: this client cannot see the records' own time in a topic that counts its days from the time of writing.
        configEntries: [{ name: 'retention.ms', value: '-1' }],
      })),
    });
    await patiently(() => this.#admin.fetchTopicMetadata({ topics: missing.map(({ name }) => name) }));
  }

  async partitions(topic: string): Promise<number> {
    const known = this.#counts.get(topic);
    if (known !== undefined) return known;
    if (!(await this.#admin.listTopics()).includes(topic)) throw noSuchTopic(topic);
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
    const count = topics[0]?.partitions.length ?? 0;
    this.#counts.set(topic, count);
    return count;
  }

  async bounds(topic: string): Promise<readonly Bounds[]> {
    await this.partitions(topic);
    const offsets = await patiently(() => this.#admin.fetchTopicOffsets(topic));
    offsets.sort((a, b) => a.partition - b.partition);
    return offsets.map(({ low, high }) => ({ start: Number(low), end: Number(high) }));
  }

  async producer(): Promise<Producer> {
    const timeoutMs = this.options.deliveryTimeoutMs ?? 30_000;
    const producer = new KafkaJsProducer(client(this.options, Math.ceil(timeoutMs / 500)), timeoutMs);
    await producer.connect();
    this.#producers.add(producer);
    return producer;
  }

  open(topic: string, partition: number, offset: number): RecordStream {
    this.#refuseClosed();
    const free = this.#readers.find((reader) => reader.topic === topic && reader.isFree(partition));
    return (free ?? this.#addReader(topic)).open(partition, offset);
  }

  /** Kept until the end: the next stream of the topic begins at once. */
  #addReader(topic: string): KafkaJsReader {
    const reader = new KafkaJsReader(this.kafka, topic, (place) => this.#refuseOutside(place));
    this.#readers.push(reader);
    return reader;
  }

  async join(group: string, topics: readonly string[], listener: GroupListener): Promise<Membership> {
    for (const topic of topics) {
      await this.partitions(topic);
      this.#refuseClosed();
      // In its group before there is something to be read.
      if (!this.#readers.some((reader) => reader.topic === topic)) this.#addReader(topic);
    }
    const settings = { group, topics, sessionTimeoutMs: this.options.sessionTimeoutMs ?? 10_000 };
    const member = new KafkaJsMember(this.kafka, settings, new HeldPartitions(listener, this.#log));
    this.#members.add(member);
    return member;
  }

  async committed(group: string, topic: string): Promise<readonly (number | null)[]> {
    const result = new Array<number | null>(await this.partitions(topic)).fill(null);
    const [found] = await this.#admin.fetchOffsets({ groupId: group, topics: [topic] });
    for (const { partition, offset } of found?.partitions ?? []) {
      if (Number(offset) >= 0) result[partition] = Number(offset);
    }
    return result;
  }

  async ping(): Promise<void> {
    await this.#admin.describeCluster();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#members].map((member) => member.leave()));
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await Promise.all(this.#readers.map((reader) => reader.close()));
    await this.#admin.disconnect();
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new Error('The connection to Kafka is closed.');
  }

  async #refuseOutside({ topic, partition, offset }: Place): Promise<void> {
    const bounds = await this.bounds(topic);
    const found = bounds[partition];
    if (!found) throw unknownPartition(topic, partition, bounds.length);
    if (offset >= found.start && offset <= found.end) return;
    const message = `Offset ${offset} lies outside partition ${partition} of ${topic} (${found.start} to ${found.end}).`;
    throw new PermanentError('offset-out-of-range', message, { topic, partition, offset, ...found });
  }
}

/** kafkajs does not repeat these requests where partitions that were just made, or just moved, are not known yet or have no leader. */
async function patiently<T>(request: () => Promise<T>): Promise<T> {
  const backoff = new Backoff();
  const deadline = performance.now() + LEADER_TIMEOUT_MS;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error as { retriable?: boolean }).retriable || performance.now() > deadline) throw error;
      await pause(backoff.next());
    }
  }
}
