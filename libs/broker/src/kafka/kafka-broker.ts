// The log on Kafka through @platformatic/kafka: its connections and requests, with the records read and written here.
import { createTopicsV7, listOffsetsV7, offsetFetchV8 } from '@platformatic/kafka';

import { type Bounds, type Broker, type GroupListener, type Membership, type Producer } from '../broker.js';
import { type RecordStream, type TopicSpec } from '../broker.js';
import { partitionMismatch } from '../refusals.js';
import { Cluster } from './cluster.js';
import { Fetcher } from './fetcher.js';
import { GroupMember } from './group-member.js';
import { HeldPartitions } from './held-partitions.js';
import { KafkaProducer } from './kafka-producer.js';
import { topicConfigs } from './topic-configs.js';
import { codesOf, KAFKA } from './wire.js';

/** Settings of a connection to Kafka. */
export interface KafkaOptions {
  /** `host:port` of one or more servers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Copies of each partition of topics made here. Default: what the cluster is configured for. */
  readonly replicationFactor?: number;
  /** After this long without a sign of life a group member's partitions go to the others. Default 10 s. */
  readonly sessionTimeoutMs?: number;
  /** An append that Kafka has not taken by then is rejected. Default 30 s. */
  readonly deliveryTimeoutMs?: number;
  /** Sentences worth a log line. Default: standard error. */
  readonly log?: (message: string) => void;
}

/** Connects to Kafka 2.7 or newer. Rejects when none of the servers answers. */
export async function connectKafka(options: KafkaOptions): Promise<Broker> {
  if (options.brokers.length === 0) throw new RangeError('brokers must name at least one server: []');
  const broker = new KafkaBroker(options);
  try {
    await broker.ping();
  } catch (error) {
    await broker.close();
    throw unreachable(options.brokers, error);
  }
  return broker;
}

/** A sentence about servers that do not answer. */
export function unreachable(brokers: readonly string[], cause: unknown): Error {
  const message = `No Kafka answers at ${brokers.join(', ')}: check KAFKA_BROKERS, and that Kafka runs.`;
  return new Error(message, { cause });
}

class KafkaBroker implements Broker {
  readonly name = 'kafka';
  readonly #cluster: Cluster;
  readonly #fetcher: Fetcher;
  readonly #members = new Set<GroupMember>();
  readonly #producers = new Set<KafkaProducer>();
  readonly #log: (message: string) => void;

  constructor(private readonly options: KafkaOptions) {
    this.#log = options.log ?? ((message) => process.stderr.write(`${message}\n`));
    this.#cluster = new Cluster(options.brokers, { clientId: options.clientId, requestTimeoutMs: 10_000 });
    this.#fetcher = new Fetcher(this.#cluster);
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    for (const topic of topics) {
      const isNew = await this.#cluster.patiently(() => this.#create(topic));
      if (isNew) continue;
      this.#cluster.forget(topic.name);
      const found = await this.partitions(topic.name);
      if (found !== topic.partitions) throw partitionMismatch(topic.name, found, topic.partitions);
    }
    for (const { name } of topics) await this.#untilKnown(name);
  }

  async partitions(topic: string): Promise<number> {
    return (await this.#cluster.patiently(() => this.#cluster.leaders(topic))).length;
  }

  async bounds(topic: string): Promise<readonly Bounds[]> {
    const [starts, ends] = await Promise.all([this.#offsets(topic, -2n), this.#offsets(topic, -1n)]);
    return starts.map((start, partition) => ({ start, end: ends[partition] as number }));
  }

  async producer(): Promise<Producer> {
    const producer = await KafkaProducer.open(this.#cluster, this.options.deliveryTimeoutMs ?? 30_000);
    this.#producers.add(producer);
    return producer;
  }

  open(topic: string, partition: number, offset: number): RecordStream {
    return this.#fetcher.open(topic, partition, offset);
  }

  async join(group: string, topics: readonly string[], listener: GroupListener): Promise<Membership> {
    for (const topic of topics) await this.partitions(topic);
    const sessionTimeoutMs = this.options.sessionTimeoutMs ?? 10_000;
    const rebalanceTimeoutMs = Math.max(30_000, sessionTimeoutMs);
    const settings = { group, topics, sessionTimeoutMs, rebalanceTimeoutMs, log: this.#log };
    const member = new GroupMember(this.#cluster, settings, new HeldPartitions(listener, this.#log));
    this.#members.add(member);
    return member;
  }

  async committed(group: string, topic: string): Promise<readonly (number | null)[]> {
    const count = await this.partitions(topic);
    const partitionIndexes = Array.from({ length: count }, (_, partition) => partition);
    const result = new Array<number | null>(count).fill(null);
    const groups = [{ groupId: group, memberId: null, memberEpoch: -1, topics: [{ name: topic, partitionIndexes }] }];
    try {
      const answer = await this.#cluster.patiently(async () => {
        const link = this.#cluster.link(await this.#cluster.coordinator(group));
        return link.call(offsetFetchV8.api, groups, false);
      });
      for (const { partitionIndex, committedOffset } of answer.groups[0]?.topics[0]?.partitions ?? []) {
        if (committedOffset >= 0n) result[partitionIndex] = Number(committedOffset);
      }
    } catch (error) {
      if (!codesOf(error).includes(KAFKA.groupIdNotFound)) throw error;
    }
    return result;
  }

  async ping(): Promise<void> {
    await this.#cluster.controller();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.leave()));
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    await this.#fetcher.close();
    this.#cluster.close();
  }

  /** False when it exists. */
  async #create({ name, partitions, retentionDays }: TopicSpec): Promise<boolean> {
    const link = this.#cluster.link(await this.#cluster.controller());
    const configs = topicConfigs(retentionDays);
    const replicationFactor = this.options.replicationFactor ?? -1;
    const topic = { name, numPartitions: partitions, replicationFactor, assignments: [], configs };
    try {
      await link.call(createTopicsV7.api, [topic], 10_000, false);
      return true;
    } catch (error) {
      if (codesOf(error).includes(KAFKA.topicAlreadyExists)) return false;
      throw error;
    }
  }

  /** A topic just made takes a moment to have leaders everywhere. */
  async #untilKnown(topic: string): Promise<void> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      try {
        const leaders = await this.#cluster.leaders(topic);
        if (leaders.every((leader) => leader >= 0)) return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
      this.#cluster.forget(topic);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #offsets(topic: string, timestamp: bigint): Promise<number[]> {
    return this.#cluster.patiently(async () => {
      const leaders = await this.#cluster.leaders(topic);
      const offsets = new Array<number>(leaders.length).fill(0);
      for (const id of new Set(leaders)) {
        const node = await this.#cluster.leader(topic, leaders.indexOf(id));
        const mine = leaders.flatMap((leader, partitionIndex) => (leader === id ? [partitionIndex] : []));
        const partitions = mine.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp }));
        const answer = await this.#cluster.link(node).call(listOffsetsV7.api, -1, 0, [{ name: topic, partitions }]);
        for (const each of answer.topics[0]?.partitions ?? []) offsets[each.partitionIndex] = Number(each.offset);
      }
      return offsets;
    });
  }
}
