// What a topic says in the end: every record in effect, as its readers see it.
import { type Broker } from '@holdfast/broker';
import { type Codec, HEADERS, type Millis, parseSource, splitKey } from '@holdfast/schemas';

/** A customer's record, or (customer null) a tick or release. */
export interface Said<T> {
  readonly partition: number;
  readonly offset: number;
  readonly at: Millis;
  readonly customer: string | null;
  readonly value: T | null;
}

/** All records of a topic, partition by partition; those written again after a crash are left out. */
export async function historyOf<T>(
  broker: Broker,
  { name, decode }: Pick<Codec<T>, 'decode'> & { name: string },
): Promise<Said<T>[]> {
  const bounds = await broker.bounds(name);
  const parts = await Promise.all(
    bounds.map(async ({ start, end }, partition) => {
      const said: Said<T>[] = [];
      const stream = broker.open(name, partition, start);
      let highest = [-1, -1] as readonly [offset: number, index: number];
      try {
        for (let next = start; next < end;) {
          for (const { offset, at, key, value, headers } of await stream.next()) {
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
