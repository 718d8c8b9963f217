// A stretch of one partition, record by record.
import { type Broker, type StoredRecord } from '@holdfast/broker';

/** A partition of a topic. */
export interface PartitionOf {
  readonly topic: string;
  readonly partition: number;
}

/** The records from offset `start` up to offset `end`, which must have been reached when it is called. */
export async function* scan(
  broker: Broker,
  { topic, partition }: PartitionOf,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<StoredRecord> {
  if (end <= start) return;
  const stream = broker.open(topic, partition, start);
  try {
    for (let next = start; next < end;) {
      const records = await stream.next();
      if (records.length === 0) return;
      for (const record of records) {
        next = record.offset + 1;
        if (record.offset < end) yield record;
      }
    }
  } finally {
    await stream.close();
  }
}
