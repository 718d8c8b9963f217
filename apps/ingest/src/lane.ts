// Appends to one partition, one at a time: what arrives meanwhile goes out together with the next append, in order. So batches
// grow with the load and nobody waits for a timer.
import { type BrokerRecord, type Producer } from '@holdfast/broker';
import { type Millis } from '@holdfast/schemas';

/** Kafka refuses batches over 1 MB. */
const MOST_BYTES = 900 * 1024;

/** Records of one request for one partition. `done` is called once, with an error when they may not be stored. */
export interface Entry {
  readonly records: readonly BrokerRecord[];
  readonly done: (error?: unknown) => void;
}

/** Where a lane gets its producer from, and whom it tells that one has failed. */
export interface ProducerSource {
  /** null: none now; whoever takes it away refuses what is queued. */
  current(): Producer | null;
  lost(producer: Producer, error: unknown): void;
}

const sizeOf = (record: BrokerRecord): number => record.value.length + 200;

/** The queue of one partition. */
export class Lane {
  #queue: Entry[] = [];
  #inFlight: readonly Entry[] = [];
  #since = 0;
  #isSending = false;
  /** Settles when nothing is left to send. */
  sent: Promise<void> = Promise.resolve();

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly monotonic: () => number,
  ) {}

  /** Time of the oldest record after `at` that is not stored yet. Imported history lies before: it holds no time up. */
  oldestAfter(at: Millis): Millis | null {
    for (const entries of [this.#inFlight, this.#queue]) {
      for (const { records } of entries) if (records[0] !== undefined && records[0].at > at) return records[0].at;
    }
    return null;
  }

  /** True while an append has been under way since before `monotonicMs`. */
  isOverdue(monotonicMs: number): boolean {
    return this.#inFlight.length > 0 && this.#since < monotonicMs;
  }

  push(entry: Entry): void {
    this.#queue.push(entry);
  }

  /** Sends what is queued until nothing is, or an append fails; then what was queued behind it is refused. Never rejects. */
  send(source: ProducerSource): void {
    if (!this.#isSending) this.sent = this.#sendAll(source);
  }

  async #sendAll(source: ProducerSource): Promise<void> {
    this.#isSending = true;
    for (let producer = source.current(); producer && this.#queue.length > 0; producer = source.current()) {
      this.#inFlight = this.#queue;
      this.#queue = [];
      this.#since = this.monotonic();
      let failure: unknown;
      try {
        await this.#append(producer, this.#inFlight);
      } catch (error) {
        failure = error ?? new Error('The append failed.');
      }
      const sent = this.#inFlight;
      this.#inFlight = [];
      for (const entry of sent) entry.done(failure);
      if (failure !== undefined) source.lost(producer, failure);
    }
    // In the same turn as the last look at the queue: whoever comes next starts again.
    this.#isSending = false;
  }

  /** Gives up on everything not sent, and no longer makes anybody wait for what is under way. */
  refuse(error: unknown): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const entry of [...this.#inFlight, ...waiting]) entry.done(error);
  }

  async #append(producer: Producer, entries: readonly Entry[]): Promise<void> {
    const records = entries.length === 1 ? entries[0]!.records : entries.flatMap((entry) => entry.records);
    let from = 0;
    let bytes = 0;
    for (let i = 0; i < records.length; i++) {
      const size = sizeOf(records[i]!);
      if (bytes + size > MOST_BYTES && i > from) {
        await producer.append(this.topic, this.partition, records.slice(from, i));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    if (from < records.length)
      await producer.append(this.topic, this.partition, from === 0 ? records : records.slice(from));
  }
}
