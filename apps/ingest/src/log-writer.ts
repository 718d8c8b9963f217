// The way into the log: resolves when the broker has acknowledged everything (acks=all). After a failure nothing is written
// until a new producer stands; meanwhile ingest answers 503 and the sender repeats.
import { type Broker, type BrokerRecord, type Producer } from '@holdfast/broker';
import { type Millis } from '@holdfast/schemas';

import { Lane } from './lane.js';

/** The log does not take records now: try again. Some may have been stored; features drops what comes twice. */
export class LogAway extends Error {
  override readonly name = 'LogAway';
}

/** Records for one partition of one topic. */
export interface Appending {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BrokerRecord[];
}

export interface LogWriterOptions {
  /** An acknowledgement that takes longer means that the broker is away. */
  readonly ackTimeoutMs: number;
  readonly monotonic: () => number;
  /** Called when the broker goes away and when it is back. */
  onChange?(isAvailable: boolean, cause?: unknown): void;
  /** Waits before another attempt to reach the broker; default: a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Appends in the order of the calls, per partition. */
export class LogWriter {
  #producer: Producer | null = null;
  #recovering: Promise<void> | null = null;
  #closed = false;
  #stalled = false;
  readonly #lanes = new Map<string, Lane>();
  readonly #source = {
    current: () => this.#producer,
    lost: (producer: Producer, error: unknown) => this.#lose(producer, error),
  };

  constructor(
    private readonly broker: Broker,
    private readonly options: LogWriterOptions,
  ) {}

  /** Opens the producer. Rejects when the broker does not answer. */
  async open(): Promise<void> {
    this.#producer = await this.broker.producer();
  }

  /** False while appending is bound to fail. */
  get isAvailable(): boolean {
    return this.#producer !== null && !this.#stalled && !this.#closed;
  }

  /** Time of the oldest record of a partition after `at` that is not acknowledged yet. */
  oldestAfter(at: Millis, topic: string, partition: number): Millis | null {
    return this.#lanes.get(`${topic}/${partition}`)?.oldestAfter(at) ?? null;
  }

  /** Rejects with {@link LogAway}. */
  write(parts: readonly Appending[]): Promise<void> {
    if (!this.isAvailable) return Promise.reject(new LogAway('The log does not answer.'));
    if (parts.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let left = parts.length;
      const done = (error?: unknown) => {
        if (error !== undefined) reject(new LogAway('The log did not take the records.', { cause: error }));
        else if (--left === 0) resolve();
      };
      for (const { topic, partition, records } of parts) {
        const lane = this.#lane(topic, partition);
        lane.push({ records, done });
        lane.send(this.#source);
      }
    });
  }

  /** Called now and then: gives up on acknowledgements that are overdue. */
  sweep(): void {
    const limit = this.options.monotonic() - this.options.ackTimeoutMs;
    const overdue = [...this.#lanes.values()].filter((lane) => lane.isOverdue(limit));
    const error = new LogAway(`The log has not acknowledged within ${this.options.ackTimeoutMs} ms.`);
    for (const lane of overdue) lane.refuse(error);
    if (this.#stalled === overdue.length > 0) return;
    this.#stalled = overdue.length > 0;
    this.options.onChange?.(this.isAvailable, this.#stalled ? error : undefined);
  }

  /** Refuses new records, waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#recovering;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.sent));
    await this.#producer?.close().catch(() => undefined);
  }

  #lane(topic: string, partition: number): Lane {
    const name = `${topic}/${partition}`;
    let lane = this.#lanes.get(name);
    if (!lane) this.#lanes.set(name, (lane = new Lane(topic, partition, this.options.monotonic)));
    return lane;
  }

  #lose(broken: Producer, error: unknown): void {
    if (broken !== this.#producer || this.#closed) return;
    this.#producer = null;
    this.options.onChange?.(false, error);
    for (const lane of this.#lanes.values()) lane.refuse(error);
    this.#recovering = this.#recover(broken).finally(() => (this.#recovering = null));
  }

  async #recover(broken: Producer): Promise<void> {
    await broken.close().catch(() => undefined);
    for (let pauseMs = FIRST_PAUSE_MS; !this.#closed; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await this.broker.ping();
        this.#producer = await this.broker.producer();
        if (!this.#closed) this.options.onChange?.(true);
        return;
      } catch {
        await (this.options.pause ?? wait)(pauseMs * (0.5 + Math.random() / 2));
      }
    }
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
