// A log in memory behind the port `Broker`.
import { type Broker, type BrokerRecord, type RecordStream, type StoredRecord } from '@holdfast/broker';

import { SimulatedGroups } from './simulated-groups.js';
import { type Process, type World } from './world.js';

export class SimulatedBroker {
  readonly logs = new Map<string, StoredRecord[][]>();
  readonly groups: SimulatedGroups;

  constructor(
    private readonly world: World,
    readonly partitionCount: number,
  ) {
    this.groups = new SimulatedGroups(world, partitionCount);
  }

  log(topic: string, partition: number): StoredRecord[] {
    let logs = this.logs.get(topic);
    if (!logs) this.logs.set(topic, (logs = Array.from({ length: this.partitionCount }, () => [])));
    return logs[partition]!;
  }

  append(topic: string, partition: number, records: readonly BrokerRecord[]): number {
    const log = this.log(topic, partition);
    const first = log.length;
    for (const record of records) log.push({ ...record, offset: log.length });
    return first;
  }

  /** The broker as one process sees it; `batch`: most records read at once. */
  portOf(process: Process, batch: number): Broker {
    const { world } = this;
    return {
      name: 'simulated',
      createTopics: () => Promise.resolve(),
      partitions: () => Promise.resolve(this.partitionCount),
      bounds: (topic) =>
        world.call(
          process,
          () => Array.from({ length: this.partitionCount }, (_, i) => ({ start: 0, end: this.log(topic, i).length })),
          { mayFail: true },
        ),
      producer: () => world.call(process, () => this.producerOf(process), { mayFail: true }),
      open: (topic, partition, offset) => this.streamOf(process, this.log(topic, partition), { offset, batch }),
      join: (group, topics, listener) => this.groups.join(process, group, topics[0]!, listener),
      committed: (group) => world.call(process, () => this.groups.committed(group), { mayFail: true }),
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  private producerOf(process: Process) {
    const failed = new Set<string>();
    return {
      append: async (topic: string, partition: number, records: readonly BrokerRecord[]): Promise<number> => {
        const name = `${topic}/${partition}`;
        if (failed.has(name)) throw new Error('simulated: this producer has failed before');
        try {
          return await this.world.call(process, () => this.append(topic, partition, records), { mayFail: true });
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
    log: readonly StoredRecord[],
    from: { readonly offset: number; readonly batch: number },
  ): RecordStream {
    let { offset } = from;
    let isClosed = false;
    return {
      next: () =>
        this.world.call(
          process,
          () => {
            if (isClosed) return [];
            const records = log.slice(offset, offset + this.world.random.between(1, from.batch));
            offset += records.length;
            return records;
          },
          { ready: () => isClosed || offset < log.length },
        ),
      close: async () => {
        isClosed = true;
      },
    };
  }
}
