// What one record or wake-up does to its customer: whether it counts at all, what it leads to, and what becomes of it when it fails.
import { FOR_EVER, letterMark } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';

import { type Checkpointer } from './checkpointer.js';
import { type Customer } from './customers.js';
import { type Emitter } from './emitter.js';
import { Stopped } from './endings.js';
import { type Change, Fold, type Turn } from './fold.js';
import { type Incoming } from './incoming.js';
import { type Known, type Loader, type LoaderParts } from './loader.js';
import { dayOf } from './message-ids.js';
import { type StreamObserver } from './observer.js';
import { type Outgoing } from './outgoing.js';
import { type Reached } from './probe.js';
import { sentenceOf } from './retry.js';
import { type StreamSettings } from './settings.js';
import { NotReady } from './task.js';
import { type Timer } from './timer.js';

type AnyCustomer = Customer<unknown>;
/** A record about a customer. */
type About = Extract<Incoming<unknown>, { kind: 'customer' | 'wake-up' | 'bad' }>;

export interface ApplierParts extends LoaderParts {
  readonly outgoing: Outgoing<unknown>;
  readonly emitter: Emitter;
  readonly checkpointer: Checkpointer;
  readonly settings: StreamSettings;
  readonly observer: StreamObserver;
  readonly reached: Reached;
  readonly timer: Timer;
}

export class CustomerApplier {
  private readonly fold: Fold<unknown, unknown, unknown, unknown>;

  constructor(
    private readonly parts: ApplierParts,
    private readonly loader: Loader,
  ) {
    this.fold = new Fold(parts.task, parts.memory, parts.outgoing);
  }

  /** Applies a record. Its outputs are queued at the emitter. */
  async apply(incoming: About, known: Known): Promise<void> {
    if (incoming.letter === null) await this.applyToCustomer(incoming, known);
    else await this.applyLetter(incoming, incoming.letter, known);
  }

  /** A letter sent back counts once, however often it is. */
  private async applyLetter(incoming: About, letter: string, known: Known): Promise<void> {
    const { memory, observer, task } = this.parts;
    const id = letterMark(letter);
    if (memory.messageIds.isDuplicate(id, dayOf(memory.now), known)) {
      memory.duplicates++;
      observer.duplicate?.(task.name);
      return;
    }
    await this.applyToCustomer(incoming, known);
    memory.messageIds.apply(id, FOR_EVER, known);
  }

  private async applyToCustomer(incoming: About, known: Known): Promise<void> {
    const { memory, task } = this.parts;
    const { record, key, letter } = incoming;
    if (key === null) return this.deadLetter(incoming, incoming.kind === 'bad' ? incoming.error : '');
    const customer = await this.loader.find(key);
    if (incoming.kind === 'wake-up') return this.fireLate(customer, incoming.wakeAt);
    const { sequence } = incoming;
    // What is sent back is out of its turn.
    if (letter === null && sequence !== null && sequence !== customer.inSequence + 1) {
      throw new Stopped(
        `${task.name}: record ${sequence} of ${key} follows ${customer.inSequence} in ${task.input.name} ` +
          `(partition ${this.parts.owner.partition}, offset ${record.offset}): records are missing. Restore the topic, or rebuild it from its input.`,
      );
    }
    const error = incoming.kind === 'bad' ? incoming.error : await this.applyInput(customer, incoming, known);
    if (error !== null) this.deadLetter(incoming, error);
    if (letter === null && sequence !== null) {
      customer.inSequence = sequence;
      memory.customers.touch(customer);
    }
  }

  /** Returns why it could not be done. Only what could be done makes a message id a duplicate. */
  private async applyInput(
    customer: AnyCustomer,
    incoming: Extract<Incoming<unknown>, { kind: 'customer' }>,
    known: Known,
  ): Promise<string | null> {
    const { memory, task, observer, timer } = this.parts;
    const { record, letter, sequence, input } = incoming;
    // What is sent back is applied as of the present: its own time may lie before what the customer has been woken for since.
    const at = letter === null ? record.at : Math.max(record.at, memory.now);
    const id = task.messageId?.(input);
    const day = dayOf(Math.max(memory.now, record.at));
    if (id !== undefined && memory.messageIds.isDuplicate(id, day, known)) {
      memory.duplicates++;
      observer.duplicate?.(task.name);
      return null;
    }
    while (customer.wakeAt !== null && customer.wakeAt <= at) await this.fire(customer);
    const isLate = letter !== null && sequence !== null && sequence < customer.inSequence;
    const error = await this.stepCustomer(customer, input, { at, isLate });
    if (id !== undefined && error === null) memory.messageIds.apply(id, day, known);
    observer.applied?.(task.name, timer.now() - at);
    return error;
  }

  /** Returns why it could not be done. */
  private async stepCustomer(customer: AnyCustomer, input: unknown, turn: Turn): Promise<string | null> {
    let change: Change<unknown, unknown>;
    try {
      change = this.fold.step(customer, input, turn);
    } catch (error) {
      if (error instanceof NotReady) throw error;
      return sentenceOf(error);
    }
    if (change.records.length > 0) await this.beforeOutput();
    this.fold.commit(customer, change);
    for (const record of change.records) this.parts.emitter.add(record);
    if (change.noted !== undefined) this.parts.observer.noted?.(this.parts.task.name, change.noted);
    return null;
  }

  /** Fires one wake-up; a failing one is dead-lettered alone and cleared. */
  async fire(customer: AnyCustomer): Promise<void> {
    const { memory, outgoing, observer, reached, task, timer } = this.parts;
    const wakeAt = customer.wakeAt!;
    let change: Change<unknown, unknown>;
    try {
      change = this.fold.wake(customer);
    } catch (error) {
      if (error instanceof NotReady) throw error;
      const place = { offset: memory.position, index: memory.letters++ };
      memory.letterBox.push(outgoing.deadWakeUp(customer.key, wakeAt, sentenceOf(error), place));
      observer.deadLetter?.(task.name, sentenceOf(error));
      this.fold.setWakeUp(customer, null);
      return;
    }
    if (change.records.length > 0) await this.beforeOutput();
    this.fold.commit(customer, change);
    for (const record of change.records) this.parts.emitter.add(record);
    reached?.('woken');
    observer.woken?.(task.name, timer.now() - wakeAt);
  }

  /**
   * Fires a wake-up that failed, unless the customer has acted since and has another one. The same one is taken up again: a
   * checkpoint in between may have saved it. Only this one, and the letter counts as applied at once: after a checkpoint between two
   * of them the other would look like one that came since. The next tick fires it.
   */
  private async fireLate(customer: AnyCustomer, wakeAt: Millis): Promise<void> {
    const { memory } = this.parts;
    if (customer.state === undefined || (customer.wakeAt !== null && customer.wakeAt !== wakeAt)) return;
    this.fold.setWakeUp(customer, wakeAt);
    if (wakeAt <= memory.now) await this.fire(customer);
  }

  private deadLetter(incoming: Incoming<unknown>, error: string): void {
    const { memory, outgoing, observer, task } = this.parts;
    const place = { offset: memory.position, index: memory.letters++ };
    memory.letterBox.push(outgoing.deadLetter(incoming.record, error, place));
    observer.deadLetter?.(task.name, error);
  }

  /** After a dead letter nothing may be written before a checkpoint: another version might not fail there. */
  async beforeOutput(): Promise<void> {
    const { memory, checkpointer } = this.parts;
    if (memory.letterBox.length > 0) await checkpointer.complete();
    else if (memory.areLettersUnsaved) await checkpointer.done();
  }
}
