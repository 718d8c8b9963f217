// Applies records in order: skips, fires what is due, passes ticks and releases on, and saves in time. What a record does to its
// customer: customer-applier.ts.
import { type StoredRecord } from '@holdfast/broker';
import { type Millis } from '@holdfast/schemas';

import { type ApplierParts, CustomerApplier } from './customer-applier.js';
import { type Incoming, Reader } from './incoming.js';
import { type Known, Loader } from './loader.js';

/** Wake-ups whose customers are loaded together. */
const WAKE_BATCH = 200;

/** Changed wake-ups kept, per customer of the dirty bound. */
const WAKE_UPS_PER_CUSTOMER = 20;
/** Message ids not yet saved, for each customer who may be unsaved. */
const MESSAGE_IDS_PER_CUSTOMER = 10;

export class RecordApplier {
  private readonly loader: Loader;
  private readonly customers: CustomerApplier;

  constructor(private readonly parts: ApplierParts) {
    this.loader = new Loader(parts);
    this.customers = new CustomerApplier(parts, this.loader);
  }

  /** Applies a batch. Its outputs are queued at the emitter. */
  async apply(records: readonly StoredRecord[]): Promise<void> {
    const { task, memory, checkpointer } = this.parts;
    const reader = new Reader(task.name, task.input, memory.source);
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
        await this.customers.beforeOutput();
        emitter.add(outgoing.forward(record, this.place()));
        observer.ticked?.(task.name, this.parts.owner.partition, memory.now);
        break;
      case 'release':
        await this.customers.beforeOutput();
        memory.setShared(task.release?.(memory.shared, incoming.release));
        emitter.add(outgoing.forward(record, this.place()));
        break;
      case 'customer':
      case 'wake-up':
      case 'bad':
        await this.customers.apply(incoming, known);
        break;
    }
    memory.finish(record.offset, incoming.kind === 'skip' ? null : cause);
    await this.bound();
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
      await this.customers.fire(customer);
      await this.bound();
    }
  }

  /** Starts a checkpoint in time, and waits when too much is not yet saved. */
  private async bound(): Promise<void> {
    const { memory, checkpointer, emitter, settings } = this.parts;
    const { customers, wakeUps, messageIds } = memory;
    const { dirtyLimit } = settings;
    const mostIds = MESSAGE_IDS_PER_CUSTOMER * dirtyLimit;
    // A few busy customers change their wake-up with every event, and each event has an id: that, too, ends with a checkpoint.
    const isFull = () =>
      customers.unsaved >= dirtyLimit ||
      wakeUps.size >= WAKE_UPS_PER_CUSTOMER * dirtyLimit ||
      messageIds.unsavedCount >= mostIds;
    while (isFull()) {
      emitter.kick(); // while the database is away this may take long
      if (checkpointer.isBusy) await checkpointer.done();
      else await checkpointer.complete();
    }
    const isHalfFull = customers.changedCount * 2 >= dirtyLimit || messageIds.freshCount * 2 >= mostIds;
    if (isHalfFull && !checkpointer.isBusy) await checkpointer.begin();
  }

  private place() {
    const { memory } = this.parts;
    return { offset: memory.position, index: memory.outputs };
  }
}
