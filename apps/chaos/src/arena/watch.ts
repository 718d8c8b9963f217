// Looks at the end of the pipeline from outside: how far time has come in each partition of customer.risk.
import { type Broker, type RecordStream, type StoredRecord } from '@holdfast/broker';
import { CUSTOMER_RISK, type Millis } from '@holdfast/schemas';

export class Watch {
  readonly #reached: Millis[];
  readonly #lastTick: Millis[];
  readonly #lastCustomer: number[];
  readonly #heardAt: number[];
  #longestPause = 0;
  readonly #streams: RecordStream[];
  readonly #readers: Promise<void>[];
  #isClosed = false;

  private constructor(broker: Broker, ends: readonly number[]) {
    this.#reached = ends.map(() => 0);
    this.#lastTick = ends.map(() => 0);
    this.#heardAt = ends.map(() => performance.now());
    this.#lastCustomer = ends.map((end) => end - 1);
    this.#streams = ends.map((end, partition) => broker.open(CUSTOMER_RISK.name, partition, end));
    this.#readers = this.#streams.map((stream, partition) => this.#read(stream, partition));
  }

  /** Scenarios may listen: every record as it comes out. */
  onRecord: (partition: number, record: StoredRecord) => void = () => undefined;

  /** Begins at the end of the topic. */
  static async start(broker: Broker): Promise<Watch> {
    const bounds = await broker.bounds(CUSTOMER_RISK.name);
    return new Watch(
      broker,
      bounds.map(({ end }) => end),
    );
  }

  /** The earliest of the partitions' times: ticks and customers' records as they come out of scoring. */
  get reached(): Millis {
    return Math.min(...this.#reached);
  }

  /** The latest of the partitions' times. */
  get latest(): Millis {
    return Math.max(...this.#reached);
  }

  /** Offset of each partition's last record of a customer; before its first, one less than where the watch began. */
  get lastCustomerOffsets(): readonly number[] {
    return this.#lastCustomer;
  }

  /** The longest that a partition has put out nothing since {@link forgetPauses}, s. Ticks come twice a second. */
  get longestPause(): number {
    const now = performance.now();
    return Math.max(this.#longestPause, ...this.#heardAt.map((at) => now - at)) / 1_000;
  }

  forgetPauses(): void {
    this.#longestPause = 0;
    this.#heardAt.fill(performance.now());
  }

  /** Resolves when every partition has come to an instant; rejects after `seconds`. */
  comesTo(at: Millis, seconds: number): Promise<void> {
    return this.#until((partition) => this.#reached[partition]! >= at, seconds);
  }

  /** Resolves when in every partition the last tick is the one of this instant; rejects after `seconds`. */
  endsWithTick(at: Millis, seconds: number): Promise<void> {
    return this.#until((partition) => this.#lastTick[partition] === at, seconds);
  }

  /** Resolves when in each partition time has come to its tick; rejects after `seconds`. */
  ticksTo(ticks: readonly Millis[], seconds: number): Promise<void> {
    return this.#until((partition) => this.#lastTick[partition]! >= ticks[partition]!, seconds);
  }

  async #until(isThere: (partition: number) => boolean, seconds: number): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    for (;;) {
      const late = this.#reached.flatMap((_, partition) => (isThere(partition) ? [] : [partition]));
      if (late.length === 0) return;
      if (this.#isClosed) throw new Error('Nobody looks at customer.risk any more.');
      if (performance.now() > deadline)
        throw new Error(`After ${seconds} s nothing had come out of partition ${late.join(', ')} of customer.risk.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#streams.map((stream) => stream.close()));
    await Promise.all(this.#readers);
  }

  async #read(stream: RecordStream, partition: number): Promise<void> {
    for (;;) {
      const records = await stream.next();
      if (records.length === 0) return;
      const now = performance.now();
      this.#longestPause = Math.max(this.#longestPause, now - this.#heardAt[partition]!);
      this.#heardAt[partition] = now;
      for (const record of records) {
        const { at, key, offset } = record;
        this.onRecord(partition, record);
        this.#reached[partition] = Math.max(this.#reached[partition]!, at);
        if (key === null) this.#lastTick[partition] = at;
        else this.#lastCustomer[partition] = offset;
      }
    }
  }
}
