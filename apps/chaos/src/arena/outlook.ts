// What the customers of a group have of the pipeline, seen at its end: how old their purchases are there, and who crosses by silence.
import { type StoredRecord } from '@holdfast/broker';
import { CUSTOMER_RISK, isCanaryKey } from '@holdfast/schemas';

import { type Arena } from './arena.js';
import { quantile } from './trend.js';

/** Several hundred purchases, and a checkpoint of each partition. */
const WINDOW_MS = 5_000;

/** Of one partition of customer.risk, so far. */
interface Seen {
  ticks: number;
  /** Of customers in the group or not; the partition's canary is nobody. */
  customers: number;
  /** Of customers in the group, by silence. */
  crossings: number;
}

export class Outlook {
  #ages: number[] = [];
  readonly #seen: Seen[];

  /** Those whose keys begin with `prefix`. */
  constructor(
    private readonly arena: Arena,
    private readonly prefix: string,
  ) {
    const none = () => ({ ticks: 0, customers: 0, crossings: 0 });
    this.#seen = Array.from({ length: arena.options.partitions }, none);
    arena.watch.onRecord = (partition, record) => this.#hear(this.#seen[partition]!, record);
  }

  /** Of each partition, as of now. */
  get seen(): readonly Readonly<Seen>[] {
    return this.#seen.map((seen) => ({ ...seen }));
  }

  /**
   * From HTTP accept to customer.risk, ms: the p99 of each window, and of these the median, so that no single pause of the machine
   * decides. Looks for at least one window, until `isOver` of so many.
   */
  async p99(isOver: (windows: number) => boolean): Promise<number> {
    const found: number[] = [];
    do {
      this.#ages = [];
      await this.arena.pause(WINDOW_MS);
      found.push(quantile(this.#ages, 0.99));
    } while (!isOver(found.length));
    return quantile(found, 0.5);
  }

  #hear(seen: Seen, { key, value, at }: StoredRecord): void {
    if (key === null) seen.ticks += 1;
    else if (!isCanaryKey(key)) seen.customers += 1;
    if (!key?.startsWith(this.prefix)) return;
    const { type, data } = CUSTOMER_RISK.decode(value);
    if (type === 'customer.purchased.v1') this.#ages.push(Date.now() - at);
    if (type === 'churn.risk.crossed.v1' && data.cause === 'silence') seen.crossings += 1;
  }
}
