// For the checker's tests: a log in which something is not as it was written.
import { type Broker, type RecordStream, type StoredRecord } from '@holdfast/broker';

/** Records of one partition, made into others. Offsets may have gaps; they must rise. */
export interface Tampering {
  readonly topic: string;
  readonly partition: number;
  readonly change: (records: readonly StoredRecord[]) => readonly StoredRecord[];
}

/** The log as it is, but for one partition. */
export async function tamperedLog(
  broker: Broker,
  read: (topic: string, partition: number) => Promise<StoredRecord[]>,
  { topic, partition, change }: Tampering,
): Promise<Broker> {
  const records = change(await read(topic, partition));
  const end = (records.at(-1)?.offset ?? -1) + 1;
  return {
    ...broker,
    name: broker.name,
    partitions: (name) => broker.partitions(name),
    async bounds(name) {
      const bounds = await broker.bounds(name);
      return name === topic ? bounds.map((each, p) => (p === partition ? { start: 0, end } : each)) : bounds;
    },
    open: (name, p, offset) =>
      name === topic && p === partition ? streamOf(records.slice()) : broker.open(name, p, offset),
  };
}

function streamOf(records: StoredRecord[]): RecordStream {
  return { next: async () => records.splice(0, 100), close: async () => undefined };
}
