// A stretch of one partition, record by record.
import { type Bounds, type Broker, type StoredRecord } from './broker.js';

/** A partition of a topic. */
export interface PartitionOf {
  readonly topic: string;
  readonly partition: number;
}

/** The records from offset `start` up to offset `end`, which must have been reached when it is called. Throws when the log is closed meanwhile. */
export async function* scan(
  broker: Broker,
  { topic, partition }: PartitionOf,
  { start, end }: Bounds,
): AsyncGenerator<StoredRecord> {
  if (end <= start) return;
  const stream = broker.open(topic, partition, start);
  try {
    for (let next = start; next < end;) {
      const records = await stream.next();
      if (records.length === 0) throw new Error(`The log was closed while ${topic} was read.`);
      for (const record of records) {
        next = record.offset + 1;
        if (record.offset < end) yield record;
      }
    }
  } finally {
    await stream.close();
  }
}
