// A checkpoint store in memory, fenced like the one on PostgreSQL.
import {
  type Checkpoint,
  type CheckpointStore,
  type Ownership,
  type PartitionId,
  type Progress,
  type StoredCustomer,
  type WakeUp,
} from '@holdfast/postgres';

import { compareWakeUps } from '../key-order.js';
import { type Process, type World } from './world.js';

export interface StoredPartition {
  epoch: number;
  progress: Progress;
  readonly customers: Map<string, StoredCustomer>;
  readonly messageIds: Map<string, number>;
}

export class SimulatedStore {
  readonly partitions = new Map<string, StoredPartition>();

  constructor(private readonly world: World) {}

  of({ task, partition }: PartitionId): StoredPartition {
    const name = `${task}/${partition}`;
    let stored = this.partitions.get(name);
    if (!stored) {
      const progress = { position: 0, outputs: 0, letters: 0, now: 0, source: null, shared: null, duplicates: 0 };
      stored = { epoch: 0, progress, customers: new Map(), messageIds: new Map() };
      this.partitions.set(name, stored);
    }
    return stored;
  }

  /** The store as one process sees it. */
  portOf(process: Process): CheckpointStore {
    const call = <T>(perform: () => T) => this.world.call(process, perform, { mayFail: true });
    const isMine = (owner: Ownership) => this.of(owner).epoch === owner.epoch;
    return {
      own: (id, window) =>
        call(() => {
          const stored = this.of(id);
          stored.epoch++;
          return { epoch: stored.epoch, progress: stored.progress, wakeUps: next(stored, window) };
        }),
      load: (owner, keys) =>
        call(() => {
          if (!isMine(owner)) return null;
          const { customers } = this.of(owner);
          return keys.flatMap((key) => customers.get(key) ?? []);
        }),
      seen: (owner, ids, sinceDay) =>
        call(() => {
          if (!isMine(owner)) return null;
          const { messageIds } = this.of(owner);
          return ids.flatMap((id) => {
            const day = messageIds.get(id);
            return day === undefined || day < sinceDay ? [] : { id, day };
          });
        }),
      save: (checkpoint, window) => call(() => (isMine(checkpoint) ? this.write(checkpoint, window) : null)),
      advance: () => Promise.reject(new Error('no sinks here')),
      prune: () => Promise.resolve(),
    };
  }

  private write(checkpoint: Checkpoint, window: number): readonly WakeUp[] {
    const stored = this.of(checkpoint);
    stored.progress = checkpoint.progress;
    for (const customer of checkpoint.customers) stored.customers.set(customer.key, customer);
    for (const { id, day } of checkpoint.messageIds) {
      stored.messageIds.set(id, Math.max(day, stored.messageIds.get(id) ?? -Infinity));
    }
    return next(stored, window);
  }
}

function next(stored: StoredPartition, window: number): readonly WakeUp[] {
  return [...stored.customers.values()]
    .flatMap(({ key, wakeAt }) => (wakeAt === null ? [] : { key, wakeAt }))
    .sort(compareWakeUps)
    .slice(0, window);
}
