// What a topic says in the end: every record in effect, as its readers see it.
import { type Broker, type RecordStream, type StoredRecord } from '@holdfast/broker';
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
    bounds.map(async ({ start, end }, partition) => {
      const said: Said<T>[] = [];
      const stream = broker.open(name, partition, start);
      let highest = [-1, -1] as readonly [offset: number, index: number];
      try {
        for (let next = start; next < end;) {
          for (const { offset, at, key, value, headers } of await nextOf(stream)) {
            next = offset + 1;
            const source = headers[HEADERS.source];
            if (source !== undefined) {
              const { offset: cause, index } = parseSource(source);
              if (cause < highest[0] || (cause === highest[0] && index <= highest[1])) continue;
              highest = [cause, index];
            }
            const customer = key === null ? null : splitKey(key).customer;
            said.push({ partition, offset, at, customer, value: key === null ? null : decode(value) });
          }
        }
      } finally {
        await stream.close();
      }
      return said;
    }),
  );
  return parts.flat();
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

/** Far enough from the end of a partition for a tick to lie between. */
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
