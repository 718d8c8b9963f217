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

import { type Process, type World } from './world.js';

export interface StoredPartition {
  epoch: number;
  progress: Progress;
  readonly customers: Map<string, StoredCustomer>;
  readonly messageIds: Map<string, number>;
  /** What a sink has written. */
  readonly kept: unknown[];
  /** All that have taken ownership, the newest last. */
  readonly owners: Process[];
}

export class SimulatedStore {
  private readonly partitions = new Map<string, StoredPartition>();

  constructor(private readonly world: World) {}

  of({ task, partition }: PartitionId): StoredPartition {
    const name = `${task}/${partition}`;
    let stored = this.partitions.get(name);
    if (!stored) {
      const progress = { position: 0, outputs: 0, letters: 0, now: 0, source: null, shared: null, duplicates: 0 };
      stored = { epoch: 0, progress, customers: new Map(), messageIds: new Map(), kept: [], owners: [] };
      this.partitions.set(name, stored);
    }
    return stored;
  }

  /** The store as one process sees it. */
  portOf(process: Process): CheckpointStore {
    const { world } = this;
    /** What only the newest owner may do; null: refused. */
    const fenced = <T>(kind: keyof typeof REFUSALS, owner: Ownership, perform: (stored: StoredPartition) => T) => {
      const performIfMine = () => {
        const stored = this.of(owner);
        if (stored.epoch === owner.epoch) return perform(stored);
        world.tally.count(REFUSALS[kind]);
        return null;
      };
      return world.call(process, kind, performIfMine, { mayFail: true });
    };
    return {
      own: (id, window) =>
        world.call(process, 'own', () => this.own(process, this.of(id), window), { mayFail: true, mayBeLate: true }),
      load: (owner, keys) => fenced('load', owner, ({ customers }) => keys.flatMap((key) => customers.get(key) ?? [])),
      seen: (owner, ids, sinceDay) =>
        fenced('seen', owner, ({ messageIds }) =>
          ids.flatMap((id) => {
            const day = messageIds.get(id);
            return day === undefined || day < sinceDay ? [] : { id, day };
          }),
        ),
      save: (checkpoint, window) => fenced('save', checkpoint, (stored) => this.write(stored, checkpoint, window)),
      advance: async (owner, progress, work) => {
        const rows: unknown[] = [];
        await work({ query: async (_sql, row = []) => (rows.push(...row), []) });
        const write = (stored: StoredPartition) => {
          stored.progress = progress;
          stored.kept.push(...rows);
          return true;
        };
        return (await fenced('advance', owner, write)) ?? false;
      },
      prune: () => Promise.resolve(),
    };
  }

  private own(process: Process, stored: StoredPartition, window: number) {
    const { owners } = stored;
    if (owners.at(-1) !== process && owners.includes(process)) {
      this.world.tally.count('a partition came back to a process that had had it');
    }
    owners.push(process);
    return { epoch: ++stored.epoch, progress: stored.progress, wakeUps: next(stored, window) };
  }

  private write(stored: StoredPartition, checkpoint: Checkpoint, window: number): readonly WakeUp[] {
    stored.progress = checkpoint.progress;
    if (checkpoint.progress.outputs > 0) this.world.tally.count('a checkpoint in the middle of a tick');
    for (const customer of checkpoint.customers) stored.customers.set(customer.key, customer);
    for (const { id, day } of checkpoint.messageIds) {
      stored.messageIds.set(id, Math.max(day, stored.messageIds.get(id) ?? -Infinity));
    }
    return next(stored, window);
  }
}

const REFUSALS = {
  load: 'a load was refused',
  seen: 'a look-up of message ids was refused',
  save: 'a checkpoint was refused',
  advance: 'a transaction of a sink was refused',
};

function next(stored: StoredPartition, window: number): readonly WakeUp[] {
  return [...stored.customers.values()]
    .flatMap(({ key, wakeAt }) => (wakeAt === null ? [] : { key, wakeAt }))
    .sort((a, b) => a.wakeAt - b.wakeAt || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    .slice(0, window);
}
