// Applies one record or wake-up to one customer: computes first, changes memory only when everything has worked out. Synchronous.
import { type BrokerRecord } from '@holdfast/broker';
import { type Millis } from '@holdfast/schemas';

import { type Customer } from './customers.js';
import { type Outgoing } from './outgoing.js';
import { type PartitionMemory } from './partition-memory.js';
import { type Step, type Task } from './task.js';

/** A step whose outputs are encoded: ready to be committed to memory. */
export interface Change<State, Shared> {
  readonly state: State | undefined;
  readonly wakeAt: Millis | null;
  readonly shared: Shared | undefined;
  readonly records: readonly BrokerRecord[];
  readonly noted: string | undefined;
}

/** When a record is stepped. `isLate`: it was sent back, and later ones of its customer have been read since. */
export interface Turn {
  readonly at: Millis;
  readonly isLate: boolean;
}

export class Fold<State, Shared, Input, Output> {
  constructor(
    private readonly task: Task<State, Shared, Input, Output>,
    private readonly memory: PartitionMemory<State, Shared>,
    private readonly outgoing: Outgoing<Output>,
  ) {}

  /** Steps a customer by a record. Throws what makes the record a dead letter. */
  step(customer: Customer<State>, input: Input, { at, isLate }: Turn): Change<State, Shared> {
    const { task, memory } = this;
    const { state } = customer;
    const step =
      isLate && task.stepLate
        ? task.stepLate(state, input, at, memory.shared)
        : task.step(state, input, at, memory.shared);
    return this.change(customer, step, at);
  }

  /** Fires a customer's wake-up at its own instant. Throws what makes the wake-up a dead letter. */
  wake(customer: Customer<State>): Change<State, Shared> {
    const at = customer.wakeAt!;
    const { task, memory } = this;
    if (!task.wake) throw new TypeError(`${task.name} has no wake`);
    const change = this.change(customer, task.wake(customer.state!, at, memory.shared), at);
    if (change.wakeAt !== null && change.wakeAt <= at) {
      throw new RangeError(`wakeAt must be later than ${at}, at which it was called, not ${change.wakeAt}`);
    }
    return change;
  }

  private change(customer: Customer<State>, step: Step<State, Shared, Output>, at: Millis): Change<State, Shared> {
    const { memory, outgoing } = this;
    const wakeAt = step.wakeAt ?? null;
    if (wakeAt !== null && !Number.isSafeInteger(wakeAt)) {
      throw new RangeError(`wakeAt must be whole milliseconds, not ${wakeAt}`);
    }
    if (step.shared !== undefined && !this.task.shared) throw new TypeError(`${this.task.name} has no shared state`);
    const records =
      step.outputs.length === 0
        ? []
        : outgoing.outputs(
            step.outputs,
            { key: customer.key, at, sequence: customer.outSequence },
            { offset: memory.position, index: memory.outputs },
          );
    return {
      state: step.state ?? undefined,
      wakeAt: step.state === null ? null : wakeAt,
      shared: step.shared,
      records,
      noted: step.noted,
    };
  }

  /** Makes a change real in memory; its records are the caller's to send. */
  commit(customer: Customer<State>, { state, wakeAt, shared, records }: Change<State, Shared>): void {
    const { memory } = this;
    customer.state = state;
    customer.outSequence += records.length;
    if (wakeAt !== customer.wakeAt) this.setWakeAt(customer, wakeAt);
    memory.customers.touch(customer);
    memory.setShared(shared);
    memory.outputs += records.length;
  }

  /** Sets a wake-up aside that could not be fired (`null`), or sets it anew. */
  setWakeUp(customer: Customer<State>, wakeAt: Millis | null): void {
    this.setWakeAt(customer, wakeAt);
    this.memory.customers.touch(customer);
  }

  private setWakeAt(customer: Customer<State>, wakeAt: Millis | null): void {
    customer.wakeAt = wakeAt;
    if (wakeAt !== null) this.memory.wakeUps.add({ wakeAt, key: customer.key });
  }
}
