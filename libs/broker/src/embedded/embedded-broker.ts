// The log without a server: one journal on disk for all topics, in this process. The default of `npm start`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Bounds, type Broker, type GroupListener, type Membership, type Producer } from '../broker.js';
import { type RecordStream, type TopicSpec } from '../broker.js';
import { noSuchTopic, partitionMismatch, unknownPartition } from '../refusals.js';
import { Catalog, CommittedPositions } from './catalog.js';
import { lockDirectory } from './directory-lock.js';
import { EmbeddedGroup } from './embedded-groups.js';
import { EmbeddedProducer } from './embedded-producer.js';
import { EmbeddedStream } from './embedded-stream.js';
import { GroupCommit } from './group-commit.js';
import { PartitionLog } from './partition-log.js';
import { recover } from './recovery.js';
import { Segments } from './segments.js';
import { SyncedEnd } from './synced-end.js';
import { TailCache } from './tail-cache.js';

/** Settings of the embedded log. */
export interface EmbeddedOptions {
  /** Made when missing. Holds `journal/`, `topics.json`, `positions.json`, `synced` and `lock`. */
  readonly directory: string;
  /** A new file is started when the last one is this large. Default 64 MB. */
  readonly segmentBytes?: number;
  /** Memory for recent records, so that readers at the tail do not touch the disk. Default 32 MB. */
  readonly cacheBytes?: number;
  /** Sentences worth a log line, such as a torn tail that was cut off. Default: standard error. */
  readonly log?: (message: string) => void;
}

/**
 * Opens the log of a directory, checking every frame (about a second per gigabyte). Throws `PermanentError`: `locked` while another
 * process has it, `corrupt-log` when the topic list or the end of the journal is gone. A damaged record stops its own partition only:
 * reading up to it works, `next` and `append` then throw `corrupt-log` with file and position.
 *
 * Not here yet: retention (`retentionDays` is stored, nothing is ever deleted), compaction, and any index on disk (start-up reads everything).
 * One process at a time; members of a group must live in it.
 */
export async function openEmbeddedBroker(options: EmbeddedOptions): Promise<Broker> {
  mkdirSync(options.directory, { recursive: true });
  const unlock = lockDirectory(options.directory);
  try {
    return new EmbeddedBroker(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class EmbeddedBroker implements Broker {
  readonly name = 'embedded';
  readonly #catalog: Catalog;
  readonly #positions: CommittedPositions;
  readonly #segments: Segments;
  readonly #syncedEnd: SyncedEnd;
  readonly #cache: TailCache;
  readonly #writer: GroupCommit;
  readonly #topics = new Map<string, readonly PartitionLog[]>();
  readonly #groups = new Map<string, EmbeddedGroup>();
  readonly #streams = new Set<RecordStream>();
  readonly #members = new Set<() => Promise<void>>();
  readonly #log: (message: string) => void;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(
    options: EmbeddedOptions,
    private readonly unlock: () => void,
  ) {
    const { directory } = options;
    this.#log = options.log ?? ((message) => process.stderr.write(`${message}\n`));
    this.#catalog = new Catalog(directory);
    this.#positions = new CommittedPositions(directory);
    this.#segments = new Segments(join(directory, 'journal'), options.segmentBytes ?? 64 * 1_048_576);
    this.#syncedEnd = new SyncedEnd(join(directory, 'synced'));
    this.#cache = new TailCache(options.cacheBytes ?? 32 * 1_048_576);
    this.#writer = new GroupCommit(this.#segments, this.#syncedEnd);
    this.#catalog.topics.forEach((topic, id) => this.#register(topic, id));
    const partitions = [...this.#topics.values()].flat();
    const segments = this.#segments;
    const end = recover({ segments, recordedEnd: this.#syncedEnd.read(), partitions, log: this.#log });
    this.#syncedEnd.write(end);
    for (const { damage } of partitions) if (damage) this.#log(damage.message);
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    const missing: TopicSpec[] = [];
    for (const { name, partitions, retentionDays } of topics) {
      const existing = this.#topics.get(name);
      if (!existing) missing.push({ name, partitions, retentionDays });
      else if (existing.length !== partitions) throw partitionMismatch(name, existing.length, partitions);
    }
    if (missing.length === 0) return;
    const first = this.#catalog.topics.length;
    this.#catalog.add(missing);
    missing.forEach((topic, index) => this.#register(topic, first + index));
  }

  async partitions(topic: string): Promise<number> {
    return this.#logsOf(topic).length;
  }

  async bounds(topic: string): Promise<readonly Bounds[]> {
    return this.#logsOf(topic).map(({ end }) => ({ start: 0, end }));
  }

  async producer(): Promise<Producer> {
    this.#assertOpen();
    return new EmbeddedProducer(async (topic, partition, records) => {
      this.#assertOpen();
      return this.#writer.append(this.#logOf(topic, partition), records);
    });
  }

  open(topic: string, partition: number, offset: number): RecordStream {
    const stream = new EmbeddedStream(
      () => this.#logOf(topic, partition),
      offset,
      (closed) => this.#streams.delete(closed),
    );
    this.#streams.add(stream);
    return stream;
  }

  async join(group: string, topics: readonly string[], listener: GroupListener): Promise<Membership> {
    this.#assertOpen();
    for (const topic of topics) this.#logsOf(topic);
    const joined = this.#groups.get(group) ?? new EmbeddedGroup((topic) => this.#logsOf(topic).length, this.#log);
    this.#groups.set(group, joined);
    const leave = joined.join(topics, listener);
    this.#members.add(leave);
    return {
      commit: async (topic, positions) => {
        this.#logsOf(topic);
        this.#positions.commit(group, topic, positions);
      },
      leave: async () => {
        await leave();
        this.#members.delete(leave);
      },
    };
  }

  async committed(group: string, topic: string): Promise<readonly (number | null)[]> {
    return this.#positions.of(group, topic, this.#logsOf(topic).length);
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    this.#writer.check();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    // Members may still append and commit while they are told to stop.
    await Promise.all([...this.#members].map((leave) => leave()));
    this.#isClosed = true;
    await Promise.all([...this.#streams].map((stream) => stream.close()));
    await this.#writer.idle();
    this.#positions.close();
    this.#segments.close();
    this.#syncedEnd.close();
    this.unlock();
  }

  #register(topic: TopicSpec, id: number): void {
    const store = { segments: this.#segments, cache: this.#cache };
    const numbers = Array.from({ length: topic.partitions }, (_, partition) => partition);
    this.#topics.set(
      topic.name,
      numbers.map((partition) => new PartitionLog(topic.name, id, partition, store)),
    );
  }

  #logsOf(topic: string): readonly PartitionLog[] {
    const logs = this.#topics.get(topic);
    if (!logs) throw noSuchTopic(topic);
    return logs;
  }

  #logOf(topic: string, partition: number): PartitionLog {
    const logs = this.#logsOf(topic);
    const log = logs[partition];
    if (!log) throw unknownPartition(topic, partition, logs.length);
    return log;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('The log is closed.');
  }
}
