// Customers as they were: the log of their partition once more. It takes as long as the log is, so one is read at a time.
import { scan, type StoredRecord } from '@holdfast/broker';
import { findTopics } from '@holdfast/postgres';
import {
  BEHAVIOR_EVENTS,
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  customerKey,
  HEADERS,
  type Millis,
  partitionOf,
} from '@holdfast/schemas';
import { type Resources } from '@holdfast/stream';
import { type Models, Retrace } from '@holdfast/tasks';

/** Whom, and as of when. */
export interface RetraceQuery {
  readonly shop: string;
  readonly customer: string;
  readonly at: Millis;
}

/** What comes out now, and what was published then. */
export interface Retraced {
  readonly retrace: Retrace;
  /** Of the customer's records in customer.risk that are still kept, by their number. */
  readonly published: ReadonlyMap<number, StoredRecord>;
}

/** Asked for at once; others are to come again. */
const MOST = 4;

export class TooManyRetraces extends Error {
  override readonly name = 'TooManyRetraces';
  override readonly message = 'The log is being read for others already: ask again in a minute.';
}

export class Retraces {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(
    private readonly resources: Resources,
    private readonly models: Models,
  ) {}

  /** Throws {@link TooManyRetraces}, and `ArtifactError` when a release that the log names is not in the folder. */
  async read(query: RetraceQuery): Promise<Retraced> {
    if (this.#waiting >= MOST) throw new TooManyRetraces();
    this.#waiting += 1;
    const read = this.#last.then(() => this.#read(query)).finally(() => (this.#waiting -= 1));
    this.#last = read.catch(() => undefined);
    return read;
  }

  async #read({ shop, customer, at }: RetraceQuery): Promise<Retraced> {
    const { broker, database } = this.resources;
    const topics = await findTopics(database, [BEHAVIOR_EVENTS.name, CUSTOMER_FEATURES.name]);
    const logIdOf = (name: string) => topics.find((topic) => topic.name === name)?.logId ?? '';
    const key = customerKey(shop, customer);
    const partition = partitionOf(key, await broker.partitions(BEHAVIOR_EVENTS.name));
    const logIds = { events: logIdOf(BEHAVIOR_EVENTS.name), features: logIdOf(CUSTOMER_FEATURES.name) };
    const retrace = new Retrace({ key, at, models: this.models, partition, logIds });
    const recordsOf = async (topic: string) =>
      scan(broker, { topic, partition }, (await broker.bounds(topic))[partition]!);
    for await (const record of await recordsOf(BEHAVIOR_EVENTS.name)) retrace.take(record);
    retrace.arrive();
    const published = new Map<number, StoredRecord>();
    for await (const record of await recordsOf(CUSTOMER_RISK.name))
      if (record.key === key) published.set(Number(record.headers[HEADERS.sequence]), record);
    return { retrace, published };
  }
}
