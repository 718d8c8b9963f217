// What a topic says in the end: every record in effect, as its readers see it.
import { type Bounds, type Broker, type RecordStream, type StoredRecord } from '@holdfast/broker';
import {
  BEHAVIOR_EVENTS,
  CUSTOMER_RISK,
  HEADERS,
  type Millis,
  parseSource,
  splitKey,
  type Topic,
} from '@holdfast/schemas';

/** A customer's record, or (customer null) a tick or release. */
export interface Said<T> {
  readonly partition: number;
  readonly offset: number;
  readonly at: Millis;
  readonly customer: string | null;
  readonly value: T | null;
}

/** All records of a topic, partition by partition; those written again after a crash are left out. */
export async function historyOf<T>(broker: Broker, { name, decode }: Topic<T>): Promise<Said<T>[]> {
  const bounds = await broker.bounds(name);
  const parts = await Promise.all(
    bounds.map(async (range, partition) => {
      const said: Said<T>[] = [];
      for await (const { record, isRepeated } of readRange(broker, name, partition, range)) {
        if (isRepeated) continue;
        const { offset, at, key, value } = record;
        const customer = key === null ? null : splitKey(key).customer;
        said.push({ partition, offset, at, customer, value: key === null ? null : decode(value) });
      }
      return said;
    }),
  );
  return parts.flat();
}

/** How many records, from these offsets on, say again what has been said before. */
export async function countRepeated(broker: Broker, name: string, from: readonly number[]): Promise<number> {
  let repeated = 0;
  for (const [partition, { start, end }] of (await broker.bounds(name)).entries()) {
    const first = from[partition]!;
    const range = { start: Math.max(start, first - TAIL), end };
    for await (const { record, isRepeated } of readRange(broker, name, partition, range))
      if (isRepeated && record.offset >= first) repeated += 1;
  }
  return repeated;
}

/** Each record of a part of a partition, and whether one before it has the same source. */
async function* readRange(broker: Broker, name: string, partition: number, { start, end }: Bounds) {
  const stream = broker.open(name, partition, start);
  let highest = [-1, -1] as readonly [offset: number, index: number];
  try {
    for (let next = start; next < end;) {
      for (const record of await nextOf(stream)) {
        next = record.offset + 1;
        const source = record.headers[HEADERS.source];
        const { offset, index } = source === undefined ? { offset: Infinity, index: 0 } : parseSource(source);
        const isRepeated = offset < highest[0] || (offset === highest[0] && index <= highest[1]);
        if (source !== undefined && !isRepeated) highest = [offset, index];
        yield { record, isRepeated };
      }
    }
  } finally {
    await stream.close();
  }
}

/** How often each customer crossed by silence at each instant: `<customer> <epoch ms>` → times. */
export async function silentCrossings(broker: Broker): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const { customer, value } of await historyOf(broker, CUSTOMER_RISK)) {
    if (value?.type !== 'churn.risk.crossed.v1' || value.data.cause !== 'silence') continue;
    const name = `${customer} ${value.at}`;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return times;
}

/** Far enough from the end of a partition for a tick to lie between, and for what a crash has left uncommitted. */
const TAIL = 2_000;

/** The newest records of behavior.events, by partition. */
export async function newestEvents(broker: Broker): Promise<StoredRecord[][]> {
  const bounds = await broker.bounds(BEHAVIOR_EVENTS.name);
  return Promise.all(
    bounds.map(async ({ start, end }, partition) => {
      const from = Math.max(start, end - TAIL);
      const found: StoredRecord[] = [];
      const stream = broker.open(BEHAVIOR_EVENTS.name, partition, from);
      while (from + found.length < end) found.push(...(await nextOf(stream)));
      await stream.close();
      return found;
    }),
  );
}

/** The last tick of each partition that ingest has written; 0: none near the end. */
export const lastTicks = async (broker: Broker): Promise<Millis[]> =>
  (await newestEvents(broker)).map((records) =>
    records.reduce((last, { key, at }) => (key === null ? Math.max(last, at) : last), 0),
  );

/** The latest time of the newest records of behavior.events; 0: there are none. */
export const newestTime = async (broker: Broker): Promise<Millis> =>
  (await newestEvents(broker)).flat().reduce((latest, { at }) => Math.max(latest, at), 0);

/** A stream that was closed says so by an empty batch, for ever. */
async function nextOf(stream: RecordStream): Promise<readonly StoredRecord[]> {
  const records = await stream.next();
  if (records.length === 0) throw new Error('The log was closed while it was being read.');
  return records;
}
