// One partition as it is read through kafkajs: what a reader has fetched of it and nobody has taken yet.
import { type Batch, type KafkaMessage } from 'kafkajs';

import { type RecordStream, type StoredRecord } from '../broker.js';

/** Two fetches: one is taken while the next is under way. */
const HIGH_BYTES = 2 * 1_048_576;
const LOG_APPEND_TIME = 1;

/** What a reader is told. */
export interface StreamListener {
  /** There is room again. */
  readonly emptied: () => void;
  readonly closed: () => void;
}

/** One `next` at a time. */
export class KafkaJsStream implements RecordStream {
  readonly #chunks: { readonly records: readonly StoredRecord[]; readonly bytes: number }[] = [];
  #expected: number;
  #held = 0;
  #error: unknown;
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(
    offset: number,
    private readonly listener: StreamListener,
  ) {
    this.#expected = offset;
  }

  /** Offset of the record that is to come next. */
  get expected(): number {
    return this.#expected;
  }

  get isFull(): boolean {
    return this.#held >= HIGH_BYTES;
  }

  /** Nothing more will come. */
  get isFailed(): boolean {
    return this.#error !== undefined;
  }

  async next(): Promise<readonly StoredRecord[]> {
    for (;;) {
      if (this.#isClosed) return [];
      const chunk = this.#chunks.shift();
      if (chunk) {
        const wasFull = this.isFull;
        this.#held -= chunk.bytes;
        if (wasFull && !this.isFull) this.listener.emptied();
        return chunk.records;
      }
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    this.listener.closed();
  }

  /** What has been fetched, from the expected offset on. */
  take(batch: Batch): void {
    if (batch.messages.some(isStampedOnArrival)) {
      const message = `Topic ${batch.topic} stamps the time of arrival, and kafkajs hides the records' own: read it with the default client.`;
      return this.fail(new Error(message));
    }
    const records = batch.messages.map(toRecord);
    const bytes = records.reduce((sum, { value }) => sum + value.length + 200, 0);
    this.#expected = Number(batch.lastOffset()) + 1;
    this.#chunks.push({ records, bytes });
    this.#held += bytes;
    this.#wake();
  }

  /** What has been fetched can still be taken. */
  fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }
}

function isStampedOnArrival(message: KafkaMessage): boolean {
  const { batchContext } = message as { batchContext?: { timestampType?: number } };
  return batchContext?.timestampType === LOG_APPEND_TIME;
}

function toRecord(message: KafkaMessage): StoredRecord {
  const headers: Record<string, string> = {};
  for (const name in message.headers) headers[name] = String(message.headers[name]);
  return {
    key: message.key === null ? null : message.key.toString(),
    value: Buffer.from(message.value ?? []), // a copy: what came is a piece of all that was fetched, of other partitions too
    headers,
    at: Number(message.timestamp),
    offset: Number(message.offset),
  };
}
