// What a task makes of a partition's log when nothing ever goes wrong: one record after the other, everybody in memory, no checkpoint.
// Written from the words of the design, apart from the runner; what the runner published and stored must be equal to it, bit by bit.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import {
  DAY,
  HEADERS,
  type Millis,
  parseSource,
  RELEASE_SCHEMA,
  releaseCodec,
  type Source,
  TICK_SCHEMA,
  tickCodec,
  WAKE_UP_SCHEMA,
  wakeUpCodec,
} from '@holdfast/schemas';
import { type Step, type Task } from '../task.js';
import { type ExpectedLetter, FoldOutput } from './fold-output.js';
import { type FoldedCustomer, newCustomer } from './folded-customer.js';
import { customerOf, sequenceOf } from './record-fields.js';
import { WakeUpHeap } from './wake-up-heap.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tasks differ in all four
export type AnyTask = Task<any, any, any, any>;

/** Of which partition the log is. */
export interface Place {
  /** Log id of the task's input. */
  readonly logId: string;
  readonly partition: number;
  /** Larger outputs are dead letters; default 900 KB. */
  readonly maxBytes?: number;
  /** Default 30. */
  readonly duplicateWindowDays?: number;
}

/** The day of what is never forgotten: letters sent back. */
const FOR_EVER = 2_147_483_647;

export class UndisturbedFold {
  readonly customers = new Map<string, FoldedCustomer>();
  /** Ids applied, with the day of stream time from which each counts. */
  readonly messageIds = new Map<string, number>();
  readonly letters: ExpectedLetter[] = [];
  /** What the runner would not have gone on after, one sentence each. */
  readonly complaints: string[] = [];
  readonly duplicateWindowDays: number;
  duplicates = 0;
  position = 0;
  now: Millis = 0;
  source: Source | null = null;
  /** null: never set. */
  sharedBytes: Uint8Array | null = null;
  #shared: unknown;
  #output: FoldOutput;
  readonly #wakeUps = new WakeUpHeap();

  constructor(
    readonly task: AnyTask,
    place: Place,
  ) {
    this.duplicateWindowDays = place.duplicateWindowDays ?? 30;
    this.#shared = task.shared?.initial;
    this.#output = new FoldOutput(task, place);
  }

  /** Applies the next record of the log. Returns what it causes. */
  apply(record: StoredRecord): readonly BrokerRecord[] {
    this.position = record.offset + 1;
    this.#output.begin(record);
    const { [HEADERS.replayFor]: stage, [HEADERS.replayOf]: letter } = record.headers;
    if (stage === undefined) this.#applyFirst(record);
    else if (stage === this.task.name && letter !== undefined) this.#applyAgain(record, `letter/${letter}`);
    this.letters.push(...this.#output.letters);
    return this.#output.records;
  }

  #applyFirst(record: StoredRecord): void {
    try {
      if (this.#isOld(record)) return;
      if (record.key === null) return this.#applyControl(record);
    } catch {
      return this.#output.bury();
    }
    this.#applyCustomer(record, null);
  }

  /** A dead letter that was sent back: as of the present, and once. */
  #applyAgain(record: StoredRecord, mark: string): void {
    if (this.messageIds.has(mark)) this.duplicates += 1;
    else {
      this.#applyCustomer(record, Math.max(record.at, this.now));
      this.messageIds.set(mark, FOR_EVER);
    }
  }

  /** Its cause, or a later one, has been applied already. */
  #isOld({ headers, offset }: StoredRecord): boolean {
    const text = headers[HEADERS.source];
    if (text === undefined) return false;
    const cause = parseSource(text);
    const { source } = this;
    if (source && cause.logId !== source.logId)
      this.complaints.push(`offset ${offset} comes from log ${cause.logId} and those before from ${source.logId}`);
    if (source && (cause.offset - source.offset || cause.index - source.index) <= 0) return true;
    this.source = cause;
    return false;
  }

  #applyControl({ headers, value }: StoredRecord): void {
    const { [HEADERS.schema]: schema } = headers;
    if (schema === TICK_SCHEMA) {
      this.#fireUntil(tickCodec.decode(value).at);
    } else if (schema === RELEASE_SCHEMA) {
      this.#setShared(this.task.release?.(this.#shared, releaseCodec.decode(value)));
    } else throw new RangeError('neither tick nor release');
    this.#output.forward();
  }

  #fireUntil(at: Millis): void {
    const now = Math.max(this.now, at);
    for (let due = this.#wakeUps.next(now); due; due = this.#wakeUps.next(now)) this.#fire(due);
    this.now = now;
  }

  /** `present`: of a record sent back, the time as of which it is applied. */
  #applyCustomer(record: StoredRecord, present: Millis | null): void {
    const key = customerOf(record);
    const sequence = sequenceOf(record);
    if (key === null || Number.isNaN(sequence)) return this.#output.bury();
    const customer = this.#customer(key);
    if (present !== null && record.headers[HEADERS.schema] === WAKE_UP_SCHEMA) return this.#wakeAgain(customer, record);
    if (present === null && sequence !== null) {
      if (sequence !== customer.inSequence + 1)
        this.complaints.push(`offset ${record.offset}: record ${sequence} of ${key} follows ${customer.inSequence}`);
    }
    this.#applyInput(customer, record, { present, sequence });
    if (present === null && sequence !== null) {
      customer.inSequence = sequence;
      customer.isKnown = true;
    }
  }

  #applyInput(
    customer: FoldedCustomer,
    record: StoredRecord,
    { present, sequence }: { readonly present: Millis | null; readonly sequence: number | null },
  ): void {
    const { task } = this;
    let input: unknown;
    try {
      if (!(record.at >= 0)) throw new RangeError('a record without a time');
      input = task.input.decode(record.value);
    } catch {
      return this.#output.bury();
    }
    const id = task.messageId?.(input);
    const day = Math.floor(Math.max(this.now, record.at) / DAY);
    if (id !== undefined && (this.messageIds.get(id) ?? -Infinity) >= day - this.duplicateWindowDays) {
      this.duplicates += 1;
      return;
    }
    const at = present ?? record.at;
    while (customer.wakeAt !== null && customer.wakeAt <= at) this.#fire(customer);
    const isLate = present !== null && sequence !== null && sequence < customer.inSequence;
    const step = isLate && task.stepLate ? task.stepLate.bind(task) : task.step.bind(task);
    try {
      this.#take(customer, at, step(customer.state, input, at, this.#shared));
    } catch {
      return this.#output.bury();
    }
    if (id !== undefined) this.messageIds.set(id, day);
  }

  /** Fires a customer's wake-up at its own instant. */
  #fire(customer: FoldedCustomer): void {
    const at = customer.wakeAt!;
    try {
      const step = this.task.wake!(customer.state, at, this.#shared);
      if (step.wakeAt !== undefined && step.wakeAt <= at) throw new RangeError('a wake-up that is not later');
      this.#take(customer, at, step);
    } catch {
      this.#output.buryWakeUp(customer.key, at);
      customer.wakeAt = null;
      customer.isKnown = true;
    }
  }

  /** A wake-up that had failed, unless the customer has another one by now. */
  #wakeAgain(customer: FoldedCustomer, record: StoredRecord): void {
    let wakeAt: Millis;
    try {
      ({ wakeAt } = wakeUpCodec.decode(record.value));
    } catch {
      return this.#output.bury();
    }
    if (customer.state === undefined || (customer.wakeAt !== null && customer.wakeAt !== wakeAt)) return;
    this.#setWakeAt(customer, wakeAt);
    customer.isKnown = true;
    if (wakeAt <= this.now) this.#fire(customer);
  }

  /** Makes a step real. Throws, and changes nothing, when its outputs cannot be written. */
  #take(customer: FoldedCustomer, at: Millis, step: Step<unknown, unknown, unknown>): void {
    const wakeAt = step.wakeAt ?? null;
    if (wakeAt !== null && !Number.isSafeInteger(wakeAt)) throw new RangeError('a wake-up at no instant');
    this.#output.write(step.outputs, { key: customer.key, at, sequence: customer.outSequence });
    customer.outSequence += step.outputs.length;
    customer.state = step.state ?? undefined;
    customer.isKnown = true;
    this.#setWakeAt(customer, step.state === null ? null : wakeAt);
    this.#setShared(step.shared);
  }

  #setWakeAt(customer: FoldedCustomer, wakeAt: Millis | null): void {
    if (customer.wakeAt === wakeAt) return;
    customer.wakeAt = wakeAt;
    this.#wakeUps.add(customer);
  }

  #setShared(shared: unknown): void {
    if (shared === undefined) return;
    this.#shared = shared;
    this.sharedBytes = this.task.shared!.codec.encode(shared);
  }

  #customer(key: string): FoldedCustomer {
    let customer = this.customers.get(key);
    if (!customer) this.customers.set(key, (customer = newCustomer(key)));
    return customer;
  }
}
