// A member of a consumer group (Kafka's classic protocol, cooperative): joins, beats, lets go before others take over, leaves.
// Heartbeats go on while the listener saves its work. No answer for a session, or a member Kafka has forgotten: all is lost at once.
import {
  heartbeatV4,
  joinGroupV7,
  leaveGroupV4,
  offsetCommitV8,
  ResponseError,
  syncGroupV5,
} from '@platformatic/kafka';

import { Backoff } from '../backoff.js';
import { type Membership } from '../broker.js';
import { assign, decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './assignment.js';
import { type Cluster } from './cluster.js';
import { type HeldPartitions } from './held-partitions.js';
import { type Address, Link } from './link.js';
import { codesOf, isPassing, KAFKA } from './wire.js';

const PROTOCOL = 'holdfast-cooperative';
const FORGOTTEN: readonly number[] = [KAFKA.unknownMemberId, KAFKA.illegalGeneration];

/** How a member takes part. */
export interface GroupSettings {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /** How long the others wait for this one to let go; at least the session timeout. */
  readonly rebalanceTimeoutMs: number;
  /** Told why Kafka does not take the member, when that will hardly pass. */
  readonly log: (message: string) => void;
}

export class GroupMember implements Membership {
  #memberId = '';
  #generation = -1;
  #link: Link | undefined;
  #lastHeard = performance.now();
  #leaving: Promise<void> | undefined;
  #isLeaving = false;
  #wake: () => void = () => {};
  readonly #run: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly settings: GroupSettings,
    private readonly held: HeldPartitions,
  ) {
    this.#run = this.#stayIn();
  }

  async commit(topic: string, positions: ReadonlyMap<number, number>): Promise<void> {
    const partitions = [...positions].map(([partitionIndex, position]) => ({
      partitionIndex,
      committedOffset: BigInt(position),
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    const topics = [{ name: topic, partitions }];
    try {
      await this.cluster.patiently(async () => {
        const link = this.cluster.link(await this.cluster.coordinator(this.settings.group));
        await link.call(offsetCommitV8.api, this.settings.group, this.#generation, this.#memberId, null, topics);
      });
    } catch (error) {
      // In the middle of a rebalance Kafka takes no positions; only lag tools read them, and the next commit says it again.
      const codes = codesOf(error);
      const isRebalance = (code: number): boolean => FORGOTTEN.includes(code) || code === KAFKA.rebalanceInProgress;
      if (codes.length === 0 || !codes.every(isRebalance)) throw error;
    }
  }

  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave());
  }

  async #leave(): Promise<void> {
    this.#isLeaving = true;
    this.#wake();
    // A join may wait for slow members; nobody needs its answer now. Before it settles, the heartbeat loop has its own link.
    if (this.#generation < 0) this.#link?.interrupt();
    await this.#run;
    await this.held.become(new Map());
    if (this.#memberId !== '') {
      const member = { memberId: this.#memberId, groupInstanceId: null, reason: null };
      // The session would end it anyway; leaving only makes the others faster.
      await this.#link?.call(leaveGroupV4.api, this.settings.group, [member]).catch(() => {});
    }
    this.#link?.close();
  }

  async #stayIn(): Promise<void> {
    const backoff = new Backoff(100);
    while (!this.#isLeaving) {
      try {
        const link = (this.#link ??= await this.#connect());
        this.#generation = -1;
        const assignment = await this.#join(link);
        backoff.reset();
        await this.#hold(link, assignment);
      } catch (error) {
        await this.#recover(error, backoff);
      }
    }
  }

  async #connect(): Promise<Link> {
    const address: Address = await this.cluster.coordinator(this.settings.group);
    const requestTimeoutMs = this.settings.rebalanceTimeoutMs + this.settings.sessionTimeoutMs;
    return new Link(address, { ...this.cluster.options, requestTimeoutMs });
  }

  async #join(link: Link): Promise<ReadonlyMap<string, readonly number[]>> {
    const { group, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.settings;
    const metadata = encodeSubscription({ topics, owned: this.held.current() });
    const protocols = [{ name: PROTOCOL, metadata }];
    const answer = await link.call(
      joinGroupV7.api,
      ...([group, sessionTimeoutMs, rebalanceTimeoutMs, this.#memberId, null, 'consumer', protocols, null] as const),
    );
    this.#memberId = answer.memberId as string;
    const isLeader = answer.leader === this.#memberId;
    const shares = isLeader ? await this.#share(answer.members) : [];
    const { generationId } = answer;
    const synced = await link.call(
      syncGroupV5.api,
      ...([group, generationId, this.#memberId, null, 'consumer', PROTOCOL, shares] as const),
    );
    this.#generation = generationId;
    this.#lastHeard = performance.now();
    return decodeAssignment(synced.assignment);
  }

  async #share(
    members: readonly { readonly memberId: string; readonly metadata?: Buffer | null }[],
  ): Promise<{ memberId: string; assignment: Buffer }[]> {
    const subscriptions = new Map(
      members.map(({ memberId, metadata }) => [memberId, decodeSubscription(metadata ?? Buffer.alloc(0))]),
    );
    const counts = new Map<string, number>();
    for (const { topics } of subscriptions.values()) {
      for (const topic of topics) counts.set(topic, (await this.cluster.leaders(topic)).length);
    }
    return [...assign(subscriptions, counts)].map(([memberId, holding]) => ({
      memberId,
      assignment: encodeAssignment(holding),
    }));
  }

  /** Until the group changes, or this member lets go of something that others wait for. */
  async #hold(link: Link, assignment: ReadonlyMap<string, readonly number[]>): Promise<void> {
    let revoked: number | undefined;
    let isStale = false;
    const beatMs = Math.min(1_000, this.settings.sessionTimeoutMs / 3);
    const settled = this.held.become(assignment).then((count) => {
      revoked = count;
      this.#wake();
    });
    while (!(revoked !== undefined && (revoked > 0 || isStale || this.#isLeaving))) {
      if (await this.#wait(beatMs)) continue;
      try {
        await link.call(heartbeatV4.api, this.settings.group, this.#generation, this.#memberId, null);
        this.#lastHeard = performance.now();
      } catch (error) {
        if (!codesOf(error).includes(KAFKA.rebalanceInProgress)) throw error;
        this.#lastHeard = performance.now();
        isStale = true;
      }
    }
    await settled;
  }

  /** True when woken before the time is up. */
  #wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async #recover(error: unknown, backoff: Backoff): Promise<void> {
    const codes = codesOf(error);
    if (codes.includes(KAFKA.memberIdRequired)) {
      this.#memberId = (error as { response?: { memberId?: string } }).response?.memberId ?? '';
      return;
    }
    if (codes.includes(KAFKA.rebalanceInProgress)) return;
    const isForgotten = codes.some((code) => FORGOTTEN.includes(code));
    const isExpired = performance.now() - this.#lastHeard > this.settings.sessionTimeoutMs;
    if (isForgotten || isExpired) {
      this.#memberId = '';
      await this.held.become(new Map());
      if (isForgotten) return;
    }
    if (!(error instanceof ResponseError) || codes.includes(KAFKA.notCoordinator)) {
      this.#link?.close();
      this.#link = undefined;
    }
    if (codes.some((code) => !isPassing(code) && !FORGOTTEN.includes(code))) {
      this.settings.log(`Kafka does not let this process into group ${this.settings.group}: ${reasonOf(error)}`);
    }
    if (!this.#isLeaving) await this.#wait(backoff.next());
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof ResponseError
    ? error.errors.map((each) => String((each as Error).message)).join(' ')
    : String(error);
