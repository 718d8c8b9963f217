// Reads a log at rest from its first record to its last, and notes what was read, so that another reader's notes can be compared.
import { createHash, type Hash } from 'node:crypto';

import { type Broker, type StoredRecord } from '@holdfast/broker';

/** What a reader has seen of one partition: how many records, and a hash of their offsets and headers in order. */
export interface Notes {
  readonly count: number;
  readonly hash: string;
}

/** By `topic/partition`. */
export type ReaderNotes = ReadonlyMap<string, Notes>;

export class NoteTaker {
  readonly #hashes = new Map<string, { count: number; readonly hash: Hash }>();

  /** `headers`: as the console consumer prints them, `name:value` and commas. */
  note(topic: string, partition: number, line: { readonly offset: number | string; readonly headers: string }): void {
    const place = `${topic}/${partition}`;
    let noted = this.#hashes.get(place);
    if (!noted) this.#hashes.set(place, (noted = { count: 0, hash: createHash('sha1') }));
    noted.count += 1;
    noted.hash.update(`${line.offset} ${line.headers}\n`);
  }

  get notes(): ReaderNotes {
    return new Map(
      Array.from(this.#hashes, ([place, { count, hash }]) => [place, { count, hash: hash.copy().digest('hex') }]),
    );
  }
}

export class LogReader {
  readonly #taker = new NoteTaker();
  readonly #bounds = new Map<string, ReturnType<Broker['bounds']>>();

  constructor(private readonly broker: Broker) {}

  /** All partitions that have been read to their end. */
  get notes(): ReaderNotes {
    return this.#taker.notes;
  }

  /** How many records topics hold. */
  async sizes(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const sizeOf = async (topic: string) =>
      (await this.boundsOf(topic)).reduce((sum, { start, end }) => sum + end - start, 0);
    return new Map(await Promise.all(topics.map(async (topic) => [topic, await sizeOf(topic)] as const)));
  }

  /** Offset after the last record. */
  async end(topic: string, partition: number): Promise<number> {
    return (await this.boundsOf(topic))[partition]!.end;
  }

  /** All records of a partition in order, in batches. Throws a sentence when the log holds fewer than its end says. */
  async *read(topic: string, partition: number): AsyncGenerator<readonly StoredRecord[]> {
    const { start, end } = (await this.boundsOf(topic))[partition]!;
    if (start >= end) return;
    const stream = this.broker.open(topic, partition, start);
    try {
      for (let next = start; next < end;) {
        const records = await stream.next();
        if (records.length === 0) throw new Error(`The stream of ${topic} ended at offset ${next} of ${end}.`);
        for (const { offset, headers } of records) {
          const text = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
          this.#taker.note(topic, partition, { offset, headers: text.join(',') || 'NO_HEADERS' });
          next = offset + 1;
        }
        yield records;
      }
    } finally {
      await stream.close();
    }
  }

  private boundsOf(topic: string): ReturnType<Broker['bounds']> {
    let bounds = this.#bounds.get(topic);
    if (!bounds) this.#bounds.set(topic, (bounds = this.broker.bounds(topic)));
    return bounds;
  }
}
