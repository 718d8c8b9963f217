// One task or sink in its consumer group: a Partition for each one assigned.
import { type GroupListener, type Membership } from '@holdfast/broker';

import { Partition, type PartitionStatus, type RunMaker } from './partition.js';
import { type PartitionContext, type Ports } from './partition-context.js';
import { type StreamObserver } from './observer.js';
import { type Probe } from './probe.js';
import { Producers } from './producers.js';
import { pause, retry, type RetryContext, sentenceOf } from './retry.js';
import { type StreamSettings } from './settings.js';

/** How long a partition may take for its last checkpoint. */
const GRACE_MS = 6_000;
/** How often old message ids are looked for: in a fast replay every second is many days. */
const PRUNE_MS = 5_000;

export interface GroupRunnerOptions extends Ports {
  /** Task or sink. */
  readonly name: string;
  readonly group: string;
  readonly topic: string;
  readonly logId: string;
  readonly settings: StreamSettings;
  readonly observer: StreamObserver;
  readonly makeRun: RunMaker;
  /** It remembers message ids, which have to be forgotten some day. */
  readonly forgets?: boolean;
  readonly probe?: Probe | undefined;
}

export class GroupRunner {
  private readonly partitions = new Map<number, Partition>();
  private readonly fenced = new Set<number>();
  private readonly producers: Producers;
  private readonly letterProducers: Producers;
  private readonly abort = new AbortController();
  private membership: Membership | undefined;
  private joining: Promise<Membership> | undefined;
  private rejoining: Promise<void> | undefined;
  private hasBeenAssigned = false;
  private nextPruneAt = 0;

  constructor(private readonly options: GroupRunnerOptions) {
    this.producers = new Producers(options.broker);
    this.letterProducers = new Producers(options.broker);
  }

  /** Of the task or sink. */
  get name(): string {
    return this.options.name;
  }

  /** Joins the group; tries for as long as it takes. */
  async start(): Promise<void> {
    await this.join();
  }

  /** Checkpoints and leaves. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.rejoining;
    await this.joining?.catch(() => undefined);
    await this.membership?.leave().catch((error: unknown) => this.trouble(-1, sentenceOf(error)));
    await this.drop([...this.partitions.keys()]);
    await Promise.all([this.producers.close(), this.letterProducers.close()]);
  }

  /** What keeps it from being ready, or null. */
  complaint(): string | null {
    const { name } = this.options;
    if (!this.membership) return `${name} has not joined its consumer group yet.`;
    if (!this.hasBeenAssigned) return `${name} has no partitions yet.`;
    for (const [number, partition] of this.partitions) {
      const complaint = describe(partition.status);
      if (complaint) return `${name}, partition ${number}: ${complaint}`;
    }
    return null;
  }

  /** Partitions it works on; none when one does not fit the log: then the database as a whole does not. */
  get workingOn(): number[] {
    const all = [...this.partitions];
    if (all.some(([, partition]) => partition.isRefused)) return [];
    return all.filter(([, partition]) => partition.isAtWork).map(([number]) => number);
  }

  private async join(): Promise<void> {
    const { broker, group, topic } = this.options;
    const listener: GroupListener = {
      assigned: async (_topic, partitions) => this.take(partitions),
      revoked: async (_topic, partitions) => this.drop(partitions),
    };
    this.joining = retry(this.again(), () => broker.join(group, [topic], listener));
    this.membership = await this.joining;
  }

  private async take(numbers: readonly number[]): Promise<void> {
    this.hasBeenAssigned = true;
    await this.drop(numbers.filter((number) => this.partitions.has(number)));
    for (const number of numbers) {
      this.fenced.delete(number);
      const partition: Partition = new Partition(this.contextOf(number), this.options.makeRun, () =>
        this.onFenced(number, partition),
      );
      this.partitions.set(number, partition);
    }
    this.report();
  }

  private async drop(numbers: readonly number[]): Promise<void> {
    await Promise.all(
      numbers.map(async (number) => {
        this.fenced.delete(number);
        const partition = this.partitions.get(number);
        this.partitions.delete(number);
        await partition?.stop(GRACE_MS);
      }),
    );
    this.report();
  }

  /** Somebody newer has the partition although the group says it is ours: unless we are told otherwise soon, join anew. */
  private onFenced(number: number, partition: Partition): void {
    if (this.partitions.get(number) !== partition) return;
    this.partitions.delete(number);
    this.fenced.add(number);
    this.report();
    this.rejoining ??= this.rejoin().finally(() => {
      this.rejoining = undefined;
    });
  }

  private async rejoin(): Promise<void> {
    for (let attempt = 4; this.fenced.size > 0; attempt++) {
      await pause(this.again(), attempt);
      if (this.abort.signal.aborted) return;
      if (this.fenced.size === 0) return;
      this.trouble([...this.fenced][0]!, 'Another process owns this partition: joining the group anew.');
      const old = this.membership;
      this.membership = undefined;
      await old?.leave().catch(() => undefined);
      this.fenced.clear();
      if (this.abort.signal.aborted) return;
      await this.join().catch(() => undefined);
    }
  }

  private contextOf(partition: number): PartitionContext {
    const { name, broker, store, timer, settings, observer, topic, logId, group, probe } = this.options;
    return {
      ...{ broker, store, timer, settings, observer, topic, logId, group },
      id: { task: name, partition },
      producers: this.producers,
      letterProducers: this.letterProducers,
      reached: probe?.reached && ((point) => probe.reached!(point, name, partition)),
      commit: (position) => {
        this.membership?.commit(topic, new Map([[partition, position]])).catch(() => undefined);
        this.prune();
      },
    };
  }

  /** Now and then the message ids that have become too old are forgotten. */
  private prune(): void {
    const { forgets, store, timer, settings, name } = this.options;
    if (!forgets || timer.now() < this.nextPruneAt) return;
    this.nextPruneAt = timer.now() + PRUNE_MS;
    store.prune(name, settings.duplicateWindowDays).catch((error: unknown) => this.trouble(-1, sentenceOf(error)));
  }

  private again(): RetryContext {
    const { timer, settings } = this.options;
    return { timer, settings, signal: this.abort.signal, trouble: (sentence) => this.trouble(-1, sentence) };
  }

  private report(): void {
    this.options.observer.owned?.(this.options.name, [...this.partitions.keys()]);
  }

  private trouble(partition: number, sentence: string): void {
    this.options.observer.trouble?.(this.options.name, partition, sentence);
  }
}

function describe(status: PartitionStatus): string | null {
  switch (status.state) {
    case 'running':
    case 'ended':
      return null;
    case 'opening':
      return 'being restored.';
    case 'waiting':
    case 'stopped':
      return status.sentence;
  }
}
