// Brings into memory what a batch needs: customers' states and what is known of its message ids, each in one query.
import { type CheckpointStore, letterMark, type Ownership } from '@holdfast/postgres';

import { type Customer } from './customers.js';
import { Fenced } from './endings.js';
import { type Incoming } from './incoming.js';
import { dayOf } from './message-ids.js';
import { type PartitionMemory } from './partition-memory.js';
import { retry, type RetryContext } from './retry.js';
import { type Task } from './task.js';

/** Days on which message ids were applied. */
export type Known = Map<string, number>;

export interface LoaderParts {
  readonly task: Task<unknown, unknown, unknown, unknown>;
  readonly memory: PartitionMemory<unknown, unknown>;
  readonly owner: Ownership;
  readonly store: CheckpointStore;
  readonly again: RetryContext;
}

/** All its methods wait while the database is away, and throw `Fenced` when somebody newer owns the partition. */
export class Loader {
  constructor(private readonly parts: LoaderParts) {}

  /** Everything a batch needs. Customers may be evicted again before they are used: see {@link find}. */
  async prepare(batch: readonly Incoming<unknown>[]): Promise<Known> {
    const keys = new Set<string>();
    for (const each of batch) {
      if (each.kind === 'customer' || each.kind === 'wake-up' || each.kind === 'bad') {
        if (each.key !== null) keys.add(each.key);
      }
    }
    const [known] = await Promise.all([this.lookUp(batch), this.load(keys)]);
    return known;
  }

  /** A customer for use before anything else is awaited but a checkpoint. */
  async find(key: string): Promise<Customer<unknown>> {
    const { customers } = this.parts.memory;
    // It may have been evicted since the batch was loaded, by the wake-ups of a tick.
    if (!customers.has(key)) await this.load([key]);
    return customers.get(key)!;
  }

  async load(keys: Iterable<string>): Promise<void> {
    const { memory, store, owner, again } = this.parts;
    const missing = new Set<string>();
    for (const key of keys) if (!memory.customers.has(key)) missing.add(key);
    if (missing.size === 0) return;
    const stored = await retry(again, () => store.load(owner, [...missing]));
    if (!stored) throw new Fenced();
    memory.customers.admit(missing, stored);
  }

  private async lookUp(batch: readonly Incoming<unknown>[]): Promise<Known> {
    const { task, memory, store, owner, again } = this.parts;
    const ids: string[] = [];
    let firstDay = Infinity;
    for (const each of batch) {
      if (each.letter !== null) {
        ids.push(letterMark(each.letter));
        firstDay = Math.min(firstDay, dayOf(memory.now));
      }
      if (each.kind !== 'customer' || !task.messageId) continue;
      ids.push(task.messageId(each.input));
      firstDay = Math.min(firstDay, dayOf(Math.max(memory.now, each.record.at)));
    }
    const known = memory.messageIds.known(ids);
    if (ids.length === 0) return known;
    const since = memory.messageIds.since(firstDay);
    const seen = await retry(again, () => store.seen(owner, ids, since));
    if (!seen) throw new Fenced();
    for (const { id, day } of seen) known.set(id, Math.max(day, known.get(id) ?? -Infinity));
    return known;
  }
}
