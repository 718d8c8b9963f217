// Applies records in order: skips, drops duplicates, fires what is due, steps customers, passes ticks and releases on.
import { type StoredRecord } from '@holdfast/broker';
import { type Millis } from '@holdfast/schemas';

import { type Checkpointer } from './checkpointer.js';
import { type Customer } from './customers.js';
import { type Emitter } from './emitter.js';
import { Stopped } from './endings.js';
import { type Change, Fold } from './fold.js';
import { type Incoming, Reader } from './incoming.js';
import { type Known, Loader, type LoaderParts } from './loader.js';
import { dayOf } from './message-ids.js';
import { type StreamObserver } from './observer.js';
import { type Outgoing } from './outgoing.js';
import { type Reached } from './probe.js';
import { sentenceOf } from './retry.js';
import { type StreamSettings } from './settings.js';
import { type Timer } from './timer.js';

/** Wake-ups whose customers are loaded together. */
const WAKE_BATCH = 200;

/** Changed wake-ups kept, per customer of the dirty bound. */
const WAKE_UPS_PER_CUSTOMER = 20;

type AnyCustomer = Customer<unknown>;

export interface ApplierParts extends LoaderParts {
  readonly outgoing: Outgoing<unknown>;
  readonly emitter: Emitter;
  readonly checkpointer: Checkpointer;
  readonly settings: StreamSettings;
  readonly observer: StreamObserver;
  readonly reached: Reached;
  readonly timer: Timer;
}

export class RecordApplier {
  private readonly fold: Fold<unknown, unknown, unknown, unknown>;
  private readonly loader: Loader;

  constructor(private readonly parts: ApplierParts) {
    this.fold = new Fold(parts.task, parts.memory, parts.outgoing);
    this.loader = new Loader(parts);
  }

  /** Applies a batch. Its outputs are queued at the emitter. */
  async apply(records: readonly StoredRecord[]): Promise<void> {
    const { task, memory, checkpointer } = this.parts;
    const reader = new Reader(task.input, memory.source);
    const batch = records.map((record) => reader.read(record));
    const known = await this.loader.prepare(batch);
    for (const each of batch) await this.applyOne(each, known);
    if (memory.letterBox.length > 0) await checkpointer.complete();
    memory.customers.trim();
  }

  private async applyOne(incoming: Incoming<unknown>, known: Known): Promise<void> {
    const { memory, outgoing, emitter, observer, task } = this.parts;
    const { record, cause } = incoming;
    memory.arriveAt(record.offset);
    switch (incoming.kind) {
      case 'skip':
        break;
      case 'tick':
        await this.fireDue(Math.max(memory.now, incoming.at));
        memory.now = Math.max(memory.now, incoming.at);
        await this.beforeOutput();
        emitter.add(outgoing.forward(record, this.place()));
        observer.ticked?.(task.name, this.parts.owner.partition, memory.now);
        break;
      case 'release':
        await this.beforeOutput();
        memory.setShared(task.release?.(memory.shared, incoming.release));
        emitter.add(outgoing.forward(record, this.place()));
        break;
      case 'customer':
      case 'bad':
        await this.applyToCustomer(incoming, known);
        break;
    }
    memory.finish(record.offset, incoming.kind === 'skip' ? null : cause);
    await this.bound();
  }

  private async applyToCustomer(
    incoming: Extract<Incoming<unknown>, { kind: 'customer' | 'bad' }>,
    known: Known,
  ): Promise<void> {
    const { memory, task, observer, timer } = this.parts;
    const { record, key, sequence } = incoming;
    if (key === null) return this.deadLetter(incoming, incoming.kind === 'bad' ? incoming.error : '');
    const customer = await this.loader.find(key);
    if (sequence !== null && sequence !== customer.inSequence + 1) {
      throw new Stopped(
        `${task.name}: record ${sequence} of ${key} follows ${customer.inSequence} in ${task.input.name} ` +
          `(partition ${this.parts.owner.partition}, offset ${record.offset}): records are missing. Restore the topic, or rebuild it from its input.`,
      );
    }
    let error = incoming.kind === 'bad' ? incoming.error : null;
    if (incoming.kind === 'customer') {
      const id = task.messageId?.(incoming.input);
      const day = dayOf(Math.max(memory.now, record.at));
      if (id !== undefined && memory.messageIds.isDuplicate(id, day, known)) {
        memory.duplicates++;
        observer.duplicate?.(task.name);
      } else {
        while (customer.wakeAt !== null && customer.wakeAt <= record.at) await this.fire(customer);
        error = await this.stepCustomer(customer, incoming.input, record.at);
        if (id !== undefined) memory.messageIds.apply(id, day, known);
        observer.applied?.(task.name, timer.now() - record.at);
      }
    }
    if (error !== null) this.deadLetter(incoming, error);
    if (sequence !== null) {
      customer.inSequence = sequence;
      memory.customers.touch(customer);
    }
  }

  /** Returns why it could not be done. */
  private async stepCustomer(customer: AnyCustomer, input: unknown, at: Millis): Promise<string | null> {
    let change: Change<unknown, unknown>;
    try {
      change = this.fold.step(customer, input, at);
    } catch (error) {
      return sentenceOf(error);
    }
    if (change.records.length > 0) await this.beforeOutput();
    this.fold.commit(customer, change);
    for (const record of change.records) this.parts.emitter.add(record);
    return null;
  }

  /** Fires one wake-up; a failing one is dead-lettered alone and cleared. */
  private async fire(customer: AnyCustomer): Promise<void> {
    const { memory, outgoing, observer, reached, task, timer } = this.parts;
    const wakeAt = customer.wakeAt!;
    let change: Change<unknown, unknown>;
    try {
      change = this.fold.wake(customer);
    } catch (error) {
      const place = { offset: memory.position, index: memory.letters++ };
      memory.letterBox.push(outgoing.deadWakeUp(customer.key, wakeAt, sentenceOf(error), place));
      observer.deadLetter?.(task.name, sentenceOf(error));
      this.fold.clearWakeUp(customer);
      return;
    }
    if (change.records.length > 0) await this.beforeOutput();
    this.fold.commit(customer, change);
    for (const record of change.records) this.parts.emitter.add(record);
    reached?.('woken');
    observer.woken?.(task.name, timer.now() - wakeAt);
  }

  /** Fires all wake-ups up to `until` in order. Time stops at the window's end until a checkpoint has read the next ones. */
  private async fireDue(until: Millis): Promise<void> {
    const { memory, checkpointer, emitter } = this.parts;
    for (;;) {
      const first = memory.wakeUps.first(until);
      if (first === null) return;
      if (first === 'beyond') {
        await checkpointer.complete();
        continue;
      }
      const customer = memory.customers.get(first.key);
      if (!customer) {
        memory.customers.trim();
        emitter.kick();
        await this.loader.load([first.key, ...memory.wakeUps.upcoming(until, WAKE_BATCH)]);
        continue;
      }
      memory.wakeUps.take();
      if (customer.wakeAt !== first.wakeAt) continue;
      await this.fire(customer);
      await this.bound();
    }
  }

  private deadLetter(incoming: Incoming<unknown>, error: string): void {
    const { memory, outgoing, observer, task } = this.parts;
    const place = { offset: memory.position, index: memory.letters++ };
    memory.letterBox.push(outgoing.deadLetter(incoming.record, error, place));
    observer.deadLetter?.(task.name, error);
  }

  /** After a dead letter nothing may be written before a checkpoint: another version might not fail there. */
  private async beforeOutput(): Promise<void> {
    if (this.parts.memory.letterBox.length > 0) await this.parts.checkpointer.complete();
  }

  /** Starts a checkpoint in time, and waits when too much is not yet saved. */
  private async bound(): Promise<void> {
    const { memory, checkpointer, emitter, settings } = this.parts;
    const { customers, wakeUps } = memory;
    // A few busy customers change their wake-up with every event: that, too, ends with a checkpoint.
    const isFull = () =>
      customers.unsaved >= settings.dirtyLimit || wakeUps.size >= WAKE_UPS_PER_CUSTOMER * settings.dirtyLimit;
    while (isFull()) {
      emitter.kick(); // while the database is away this may take long
      if (checkpointer.isBusy) await checkpointer.done();
      else await checkpointer.complete();
    }
    if (customers.changedCount * 2 >= settings.dirtyLimit && !checkpointer.isBusy) await checkpointer.begin();
  }

  private place() {
    const { memory } = this.parts;
    return { offset: memory.position, index: memory.outputs };
  }
}
