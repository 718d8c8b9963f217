// Compares what a stage published with what it would have published undisturbed, record by record.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { HEADERS, parseSource } from '@holdfast/schemas';

import { type Findings } from './findings.js';
import { isOutput, nameOf, type PublishedReader } from './published-reader.js';

/** A batch as it was read; without repetitions; and of these what the stage itself has put out. */
export interface Batch {
  readonly records: readonly StoredRecord[];
  readonly fresh: readonly StoredRecord[];
  readonly outputs: readonly StoredRecord[];
}

/** What to compare and where to tell. */
export interface Comparison {
  readonly topic: string;
  readonly partition: number;
  readonly findings: Findings;
  readonly reader: PublishedReader;
}

/** The published batches as they are; `expected`, in order of their sources, are used up meanwhile. */
export async function* comparePublished(
  expected: AsyncIterator<readonly BrokerRecord[]>,
  published: AsyncIterable<readonly StoredRecord[]>,
  { topic, partition, findings, reader }: Comparison,
): AsyncGenerator<Batch> {
  const queue = new Queue(expected);
  const lose = (record: BrokerRecord) => findings.lose(topic, `${nameOf(topic, partition, record)} was never written.`);

  for await (const records of published) {
    const fresh = reader.take(records);
    const outputs = fresh.filter(isOutput);
    for (const record of outputs) {
      let next = queue.first ?? (await queue.fill());
      while (next && isBefore(next, record)) {
        lose(next);
        queue.shift();
        next = queue.first ?? (await queue.fill());
      }
      const name = () => nameOf(topic, partition, record);
      if (!next || isBefore(record, next)) {
        findings.double(topic, `${name()} would not exist without the disturbance.`);
        continue;
      }
      const difference = differenceOf(next, record);
      if (difference !== null) findings.fault(topic, `${name()} has another ${difference} than undisturbed.`);
      queue.shift();
    }
    yield { records, fresh, outputs };
  }
  for (let next = queue.first ?? (await queue.fill()); next; next = queue.first ?? (await queue.fill())) {
    lose(next);
    queue.shift();
  }
}

/** Batches one record after the other. */
class Queue {
  #batch: readonly BrokerRecord[] = [];
  #next = 0;

  constructor(private readonly batches: AsyncIterator<readonly BrokerRecord[]>) {}

  get first(): BrokerRecord | undefined {
    return this.#batch[this.#next];
  }

  shift(): void {
    this.#next += 1;
  }

  /** Fetches until there is a first one, or no more. */
  async fill(): Promise<BrokerRecord | undefined> {
    while (this.first === undefined) {
      const { value, done } = await this.batches.next();
      if (done) return undefined;
      this.#batch = value;
      this.#next = 0;
    }
    return this.first;
  }
}

function isBefore(a: BrokerRecord, b: BrokerRecord): boolean {
  const [x, y] = [a, b].map(({ headers }) => parseSource(headers[HEADERS.source]!)) as [Place, Place];
  return (x.offset - y.offset || x.index - y.index) < 0;
}
type Place = ReturnType<typeof parseSource>;

/** In what two records with one source differ, in words; null: in nothing. */
export function differenceOf(a: BrokerRecord, b: BrokerRecord): string | null {
  if (a.key !== b.key) return 'customer';
  if (a.at !== b.at) return 'time';
  const names = new Set([...Object.keys(a.headers), ...Object.keys(b.headers)]);
  for (const name of names) if (a.headers[name] !== b.headers[name]) return `header ${name}`;
  return Buffer.compare(a.value, b.value) === 0 ? null : 'value';
}
