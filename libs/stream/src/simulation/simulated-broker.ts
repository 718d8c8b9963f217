// A log in memory behind the port `Broker`.
import { type Broker, type BrokerRecord, type Producer, type RecordStream, type StoredRecord } from '@holdfast/broker';
import { type Progress } from '@holdfast/postgres';

import { SimulatedGroups } from './simulated-groups.js';
import { type StoredPartition } from './simulated-store.js';
import { type Process, type World } from './world.js';

/** Who appended a record, and what the last checkpoint was then. A zombie: somebody newer owned the partition by then. */
export interface Author {
  readonly process: Process;
  readonly isZombie: boolean;
  readonly saved: Progress;
}

export interface Log {
  readonly records: StoredRecord[];
  /** By offset; null for what came from outside. */
  readonly authors: (Author | null)[];
}

/** What is stored of the partition of the task that writes to a topic. */
export type WriterOf = (topic: string, partition: number) => StoredPartition;

export class SimulatedBroker {
  private readonly logs = new Map<string, Log[]>();
  readonly groups: SimulatedGroups;

  constructor(
    private readonly world: World,
    readonly partitionCount: number,
    private readonly writerOf: WriterOf,
  ) {
    this.groups = new SimulatedGroups(world, partitionCount);
  }

  log(topic: string, partition: number): Log {
    let logs = this.logs.get(topic);
    if (!logs) {
      logs = Array.from({ length: this.partitionCount }, () => ({ records: [], authors: [] }));
      this.logs.set(topic, logs);
    }
    return logs[partition]!;
  }

  append(topic: string, partition: number, records: readonly BrokerRecord[], process: Process | null = null): number {
    const log = this.log(topic, partition);
    const first = log.records.length;
    const author = process && authorOf(process, this.writerOf(topic, partition));
    for (const record of records) {
      log.records.push({ ...record, offset: log.records.length });
      log.authors.push(author);
    }
    return first;
  }

  /** The broker as one process sees it; `batch`: most records read at once. */
  portOf(process: Process, batch: number): Broker {
    const { world } = this;
    const bounds = (topic: string) =>
      Array.from({ length: this.partitionCount }, (_, i) => ({ start: 0, end: this.log(topic, i).records.length }));
    return {
      name: 'simulated',
      createTopics: () => Promise.resolve(),
      partitions: () => Promise.resolve(this.partitionCount),
      bounds: (topic) => world.call(process, 'bounds', () => bounds(topic), { mayFail: true }),
      producer: () => world.call(process, 'producer', () => this.producerOf(process), { mayFail: true }),
      open: (topic, partition, offset) => this.streamOf(process, this.log(topic, partition).records, { offset, batch }),
      join: (group, topics, listener) => this.groups.join(process, group, topics[0]!, listener),
      committed: (group) => world.call(process, 'committed', () => this.groups.committed(group), { mayFail: true }),
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  private producerOf(process: Process): Producer {
    const failed = new Set<string>();
    return {
      append: async (topic, partition, records) => {
        const name = `${topic}/${partition}`;
        if (failed.has(name)) throw new Error('simulated: this producer has failed before');
        const write = () => this.append(topic, partition, records, process);
        try {
          return await this.world.call(process, 'append', write, { mayFail: true, mayBeLate: true });
        } catch (error) {
          failed.add(name);
          throw error;
        }
      },
      close: () => Promise.resolve(),
    };
  }

  private streamOf(
    process: Process,
    records: readonly StoredRecord[],
    from: { readonly offset: number; readonly batch: number },
  ): RecordStream {
    let { offset } = from;
    let isClosed = false;
    const read = () => {
      if (isClosed) return [];
      const batch = records.slice(offset, offset + this.world.random.between(1, from.batch));
      offset += batch.length;
      return batch;
    };
    const ready = () => isClosed || offset < records.length;
    return {
      next: () => this.world.call(process, 'next', read, { ready, mayFail: true }),
      close: async () => {
        isClosed = true;
      },
    };
  }
}

const authorOf = (process: Process, { owners, progress }: StoredPartition): Author => ({
  process,
  isZombie: owners.at(-1) !== process,
  saved: progress,
});
