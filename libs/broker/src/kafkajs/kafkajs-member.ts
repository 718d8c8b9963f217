// A group member through kafkajs. kafkajs rejoins before it says so, so what is lost is revoked after it has been given away:
// the fencing by epochs keeps that safe. Nothing is read through this consumer; its partitions stay paused.
import { type Consumer, type Kafka } from 'kafkajs';

import { Backoff } from '../backoff.js';
import { type Membership } from '../broker.js';
import { type HeldPartitions } from '../kafka/held-partitions.js';

/** How a member takes part. */
export interface MemberSettings {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
}

const REBALANCING: readonly (string | undefined)[] = [
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
];

export class KafkaJsMember implements Membership {
  #consumer: Consumer | undefined;
  #isLeaving = false;
  #end: () => void = () => {};
  #leaving: Promise<void> | undefined;
  readonly #running: Promise<void>;

  constructor(
    private readonly kafka: Kafka,
    private readonly settings: MemberSettings,
    private readonly held: HeldPartitions,
  ) {
    this.#running = this.#stayIn();
  }

  async commit(topic: string, positions: ReadonlyMap<number, number>): Promise<void> {
    const offsets = [...positions].map(([partition, offset]) => ({ topic, partition, offset: String(offset) }));
    try {
      await this.#consumer?.commitOffsets(offsets);
    } catch (error) {
      // Only lag tools read positions, and the next commit says it again.
      if (!REBALANCING.includes((error as { type?: string }).type)) throw error;
    }
  }

  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave());
  }

  async #leave(): Promise<void> {
    this.#isLeaving = true;
    await this.held.become(new Map());
    this.#end();
    await this.#running;
  }

  async #stayIn(): Promise<void> {
    const backoff = new Backoff(100);
    while (!this.#isLeaving) {
      try {
        await this.#consume();
      } catch {
        await this.held.become(new Map());
        if (!this.#isLeaving) await new Promise((resolve) => setTimeout(resolve, backoff.next()));
      }
    }
  }

  async #consume(): Promise<void> {
    const { group, topics, sessionTimeoutMs } = this.settings;
    const consumer = this.kafka.consumer({
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: Math.max(30_000, sessionTimeoutMs),
      heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 3),
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
    });
    this.#consumer = consumer;
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics] });
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        if (this.#isLeaving) return;
        const assignment = Object.entries(payload.memberAssignment);
        consumer.pause(assignment.map(([topic, partitions]) => ({ topic, partitions })));
        void this.held.become(new Map(assignment));
      });
      const over = new Promise<void>((resolve, reject) => {
        this.#end = resolve;
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          if (!payload.restart) reject(payload.error);
        });
      });
      if (this.#isLeaving) return;
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
      await over;
    } finally {
      await consumer.disconnect().catch(() => {});
    }
  }
}
