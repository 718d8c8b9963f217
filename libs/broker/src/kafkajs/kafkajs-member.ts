// A group member through kafkajs. kafkajs rejoins before it says so, so what is lost is revoked after it has been given away: whoever
// gets it waits a moment, for its last owner to let go in order. The fencing by epochs keeps it safe when that moment is too short.
// Nothing is read through this consumer; its partitions stay paused.
import { type Consumer, type Kafka } from 'kafkajs';

import { Backoff } from '../backoff.js';
import { type Membership } from '../broker.js';
import { type HeldPartitions } from '../kafka/held-partitions.js';
import { NO_RESTART } from './no-restart.js';

/** How a member takes part. */
export interface MemberSettings {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
}

/** For the last owner of a partition to let go of it, ms. */
const HANDOVER_MS = 2_500;
/** Who takes something so much later than it was to has been frozen, ms. */
const LATE_MS = 1_000;
/** How soon a change of the group is noticed, ms. */
const HEARTBEAT_MS = 300;
/** kafkajs looks so often whether there is something to be done, ms. */
const LOOK_MS = 100;

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
  #handover: NodeJS.Timeout | undefined;
  #wanted: ReadonlyMap<string, readonly number[]> = new Map();
  #dueAt = 0;
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
    await this.#letGo();
    this.#end();
    await this.#running;
  }

  #letGo(): Promise<unknown> {
    clearTimeout(this.#handover);
    this.#wanted = new Map();
    return this.held.become(this.#wanted);
  }

  /** Lets go at once, and takes what is new when its last owner has had the time to let go. */
  #take(wanted: ReadonlyMap<string, readonly number[]>): void {
    void this.held.letGo(wanted);
    const isNew = [...wanted].some(([topic, partitions]) =>
      partitions.some((partition) => !this.#wanted.get(topic)?.includes(partition)),
    );
    if (isNew) this.#dueAt = performance.now() + HANDOVER_MS; // else the group's changes do not put it off
    this.#wanted = wanted;
    this.#takeWhenDue();
  }

  #takeWhenDue(): void {
    clearTimeout(this.#handover);
    const left = Math.max(0, this.#dueAt - performance.now());
    this.#handover = setTimeout(() => {
      if (performance.now() - this.#dueAt < LATE_MS) void this.held.become(this.#wanted);
      else {
        // We have been away for a while, perhaps for too long: then we hear of it meanwhile.
        this.#dueAt = performance.now() + HANDOVER_MS;
        this.#takeWhenDue();
      }
    }, left);
  }

  async #stayIn(): Promise<void> {
    const backoff = new Backoff(100);
    while (!this.#isLeaving) {
      try {
        await this.#consume();
      } catch {
        await this.#letGo();
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
      heartbeatInterval: Math.min(HEARTBEAT_MS, sessionTimeoutMs / 3),
      maxWaitTimeInMs: LOOK_MS,
      allowAutoTopicCreation: false,
      retry: NO_RESTART,
    });
    this.#consumer = consumer;
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics] });
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        if (this.#isLeaving) return;
        const assignment = Object.entries(payload.memberAssignment);
        consumer.pause(assignment.map(([topic, partitions]) => ({ topic, partitions })));
        this.#take(new Map(assignment));
      });
      const over = new Promise<void>((resolve, reject) => {
        this.#end = resolve;
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          void this.#letGo(); // it has left the group
          reject(payload.error);
        });
      });
      over.catch(() => {}); // it may come before it is waited for
      if (this.#isLeaving) return;
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
      await over;
    } finally {
      await consumer.disconnect().catch(() => {});
    }
  }
}
