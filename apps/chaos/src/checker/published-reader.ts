// Reads a published topic as every stage does: what was written again after a crash is skipped by its source. Also looks at what
// readers take for granted: repetitions are the same bytes, and each customer's records follow one another without a gap.
import { hash } from 'node:crypto';

import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { HEADERS, parseSource, type Source } from '@holdfast/schemas';

import { PLANTED } from '../evidence.js';
import { type Findings } from './findings.js';

export class PublishedReader {
  #highest: Source | null = null;
  readonly #sequences = new Map<string, number>();
  /** Hashes of the records that counted, by source. */
  readonly #hashes = new Map<string, string>();

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly findings: Findings,
    /** Repetitions are compared; costs memory for every record. */
    private readonly comparesRepeats: boolean,
  ) {}

  /** Without repetitions. What is no output of the stage may be there as often as somebody wrote it. */
  take(records: readonly StoredRecord[]): StoredRecord[] {
    return records.filter((record) => this.#takeOne(record));
  }

  #takeOne(record: StoredRecord): boolean {
    const { topic, findings } = this;
    if (!isOutput(record)) return true;
    const { [HEADERS.source]: text } = record.headers;
    let source: Source;
    try {
      source = parseSource(text ?? '');
    } catch {
      findings.double(topic, `${this.#at(record)} has no source: no stage wrote it.`);
      return false;
    }
    const highest = this.#highest;
    if (highest && (source.offset - highest.offset || source.index - highest.index) <= 0) {
      findings.repeated += 1;
      if (this.comparesRepeats && this.#hashes.get(text!) !== hashOf(record))
        findings.fault(topic, `${this.#at(record)} was written again as something else (source ${text}).`);
      return false;
    }
    this.#highest = source;
    if (this.comparesRepeats) this.#hashes.set(text!, hashOf(record));
    this.#follow(record);
    return true;
  }

  /** The next one of its customer. */
  #follow(record: StoredRecord): void {
    const { key, headers } = record;
    if (key === null) return;
    const sequence = Number(headers[HEADERS.sequence]);
    const before = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, sequence);
    if (sequence !== before + 1)
      this.findings.fault(
        this.topic,
        `${this.#at(record)} is number ${sequence} of its customer and follows ${before}.`,
      );
  }

  #at(record: StoredRecord): string {
    return nameOf(this.topic, this.partition, record);
  }
}

/** False: a dead letter of a reader of the topic, sent back to it, or what a scenario has written there. */
export const isOutput = ({ headers }: StoredRecord): boolean =>
  headers[HEADERS.replayFor] === undefined && headers[PLANTED] === undefined;

/** The same for records whose key, time, headers and value are the same. */
export const hashOf = ({ key, at, headers, value }: BrokerRecord): string =>
  hash('sha1', Buffer.concat([Buffer.from(`${JSON.stringify([key, at, Object.entries(headers).sort()])}\n`), value]));

/** A record in words. */
export const nameOf = (
  topic: string,
  partition: number,
  { key, headers, ...record }: Partial<StoredRecord>,
): string => {
  const place = record.offset === undefined ? '' : `, offset ${record.offset}`;
  const whose = key === null || key === undefined ? 'addressed to the partition' : `of ${key}`;
  return `${topic} ${headers?.[HEADERS.eventId] ?? '(no id)'} ${whose} (partition ${partition}${place})`;
};
