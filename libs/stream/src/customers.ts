// The customers of one partition that are in memory. Changed ones stay until the transaction that saves them has committed; of the
// others the least recently used go first. Memory always wins over the store.
import { type StoredCustomer, type WakeUp } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';

import { readState, writeState } from './state-bytes.js';
import { type StateCodec } from './task.js';

/** A customer in memory. `state` undefined: none yet, or forgotten. */
export interface Customer<State> {
  readonly key: string;
  state: State | undefined;
  inSequence: number;
  outSequence: number;
  wakeAt: Millis | null;
  changed: boolean;
  saving: boolean;
}

export class Customers<State> {
  private readonly all = new Map<string, Customer<State>>();
  /** Those that may be evicted, least recently used first. */
  private readonly idle = new Map<string, Customer<State>>();
  private changed = new Set<Customer<State>>();
  private saving: readonly Customer<State>[] = [];

  constructor(
    private readonly codec: StateCodec<State>,
    private readonly size: number,
  ) {}

  /** How many are pinned because they are not yet saved. */
  get unsaved(): number {
    return this.changed.size + this.saving.length;
  }

  get changedCount(): number {
    return this.changed.size;
  }

  has(key: string): boolean {
    return this.all.has(key);
  }

  get(key: string): Customer<State> | undefined {
    const customer = this.all.get(key);
    if (customer && this.idle.delete(key)) this.idle.set(key, customer);
    return customer;
  }

  /** Takes in what the store knows of `keys`; those it does not know are new customers. Those in memory already stay as they are. */
  admit(keys: Iterable<string>, stored: readonly StoredCustomer[]): void {
    for (const { key, state, inSequence, outSequence, wakeAt } of stored) {
      if (this.all.has(key)) continue;
      this.put({
        key,
        state: state ? readState(this.codec, state, `state of ${key}`) : undefined,
        inSequence,
        outSequence,
        wakeAt,
        changed: false,
        saving: false,
      });
    }
    for (const key of keys) {
      if (this.all.has(key)) continue;
      const none = { state: undefined, inSequence: 0, outSequence: 0, wakeAt: null };
      this.put({ key, ...none, changed: false, saving: false });
    }
  }

  private put(customer: Customer<State>): void {
    this.all.set(customer.key, customer);
    this.idle.set(customer.key, customer);
  }

  /** To be called after every change of a customer. */
  touch(customer: Customer<State>): void {
    if (customer.changed) return;
    customer.changed = true;
    this.changed.add(customer);
    this.idle.delete(customer.key);
  }

  /** Evicts down to the size. Only between records: nobody may hold on to an evicted customer. */
  trim(): void {
    for (const key of this.idle.keys()) {
      if (this.idle.size <= this.size) return;
      this.idle.delete(key);
      this.all.delete(key);
    }
  }

  /** Encodes the changed ones for a checkpoint; they stay pinned until {@link saved}. */
  snapshot(): StoredCustomer[] {
    const saving = [...this.changed];
    const rows = saving.map(({ key, state, inSequence, outSequence, wakeAt }) => ({
      key,
      state: state === undefined ? null : writeState(this.codec, state),
      inSequence,
      outSequence,
      wakeAt,
    }));
    for (const customer of saving) {
      customer.changed = false;
      customer.saving = true;
    }
    this.saving = saving;
    this.changed = new Set();
    return rows;
  }

  /** The snapshot has been committed. */
  saved(): void {
    for (const customer of this.saving) {
      customer.saving = false;
      if (!customer.changed) this.idle.set(customer.key, customer);
    }
    this.saving = [];
  }

  /** Wake-ups of the customers changed since the snapshot. */
  *changedWakeUps(): Iterable<WakeUp> {
    for (const { key, wakeAt } of this.changed) if (wakeAt !== null) yield { key, wakeAt };
  }
}
