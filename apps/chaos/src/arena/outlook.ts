// What the customers of a group have of the pipeline, seen at its end: how old their purchases are there, and who crosses by silence.
import { type StoredRecord } from '@holdfast/broker';
import { CUSTOMER_RISK } from '@holdfast/schemas';

import { type Arena } from './arena.js';
import { quantile } from './trend.js';

/** One figure for each, from a good thousand purchases. */
const WINDOW_MS = 5_000;

export class Outlook {
  #ages: number[] = [];
  /** Crossings by silence, of each partition. */
  readonly crossings: number[];
  /** Ticks, of each partition. */
  readonly ticks: number[];

  /** Those whose keys begin with `prefix`. */
  constructor(
    private readonly arena: Arena,
    private readonly prefix: string,
  ) {
    this.crossings = Array.from({ length: arena.options.partitions }, () => 0);
    this.ticks = this.crossings.slice();
    arena.watch.onRecord = (partition, record) => this.#hear(partition, record);
  }

  /** The median of the p99 of so many windows, ms, from HTTP accept to customer.risk. */
  async p99(windows: number): Promise<number> {
    const found: number[] = [];
    for (this.#ages = []; found.length < windows; this.#ages = []) {
      await this.arena.pause(WINDOW_MS);
      found.push(quantile(this.#ages, 0.99));
    }
    return quantile(found, 0.5);
  }

  #hear(partition: number, { key, value, at }: StoredRecord): void {
    if (key === null) this.ticks[partition]! += 1;
    if (!key?.startsWith(this.prefix)) return;
    const { type, data } = CUSTOMER_RISK.decode(value);
    if (type === 'customer.purchased.v1') this.#ages.push(Date.now() - at);
    if (type === 'churn.risk.crossed.v1' && data.cause === 'silence') this.crossings[partition]! += 1;
  }
}
