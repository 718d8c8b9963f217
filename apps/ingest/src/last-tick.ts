// The last tick of a partition, read from the end of the log: where time goes on after downtime or a change of owner.
import { type Broker } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, HEADERS, type Millis, TICK_SCHEMA } from '@holdfast/schemas';

/** How far back it is looked for. In live logs a tick comes every half second; farther back there is none worth finding. */
const REACHES = [64, 1_024, 16_384];

/** Null: there is none near the end. */
export async function findLastTick(broker: Broker, partition: number): Promise<Millis | null> {
  const { start, end } = (await broker.bounds(BEHAVIOR_EVENTS.name))[partition]!;
  for (const reach of REACHES) {
    const from = Math.max(start, end - reach);
    const found = await lastTickBetween(broker, partition, { from, end });
    if (found !== null || from === start) return found;
  }
  return null;
}

async function lastTickBetween(
  broker: Broker,
  partition: number,
  { from, end }: { readonly from: number; readonly end: number },
): Promise<Millis | null> {
  if (from >= end) return null;
  const stream = broker.open(BEHAVIOR_EVENTS.name, partition, from);
  let last: Millis | null = null;
  try {
    for (let next = from; next < end;) {
      const records = await stream.next();
      if (records.length === 0) break;
      for (const record of records)
        if (record.headers[HEADERS.schema] === TICK_SCHEMA) last = Math.max(last ?? record.at, record.at);
      next = records.at(-1)!.offset + 1;
    }
  } finally {
    await stream.close();
  }
  return last;
}
