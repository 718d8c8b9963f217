// One partition as read by one reader: bytes that have come and are not yet asked for, decoded only when they are.
import { type RecordStream, type StoredRecord } from '../broker.js';
import { decodeBatches, offsetAfter } from './record-batch.js';

/** No more is fetched for a stream that holds this much. */
const HIGH_BYTES = 1_048_576;

interface Chunk {
  readonly bytes: Buffer;
  readonly from: number;
}

/** Filled by a fetch loop, emptied by `next`. One `next` at a time. */
export class KafkaStream implements RecordStream {
  readonly #chunks: Chunk[] = [];
  #held = 0;
  #error: unknown;
  #closed = false;
  #wakeUp: (() => void) | undefined;

  /** Told by `next` when there is room again, and by `close`. */
  onRoom: () => void = () => {};
  onClosed: () => void = () => {};

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** Where the next fetch starts. */
    public offset: number,
  ) {}

  get isClosed(): boolean {
    return this.#closed;
  }

  get isDone(): boolean {
    return this.#closed || this.#error !== undefined;
  }

  get hasRoom(): boolean {
    return this.#held < HIGH_BYTES;
  }

  /** Whole batches as fetched at `offset`. */
  push(bytes: Buffer): void {
    const after = offsetAfter(bytes, this.offset);
    if (after === this.offset) return;
    this.#chunks.push({ bytes, from: this.offset });
    this.#held += bytes.length;
    this.offset = after;
    this.#wake();
  }

  /** Ends the stream: what has come is still read, then `next` rejects. */
  fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }

  async next(): Promise<readonly StoredRecord[]> {
    for (;;) {
      if (this.#closed) return [];
      const chunk = this.#chunks.shift();
      if (chunk) {
        const wasFull = !this.hasRoom;
        this.#held -= chunk.bytes.length;
        if (wasFull && this.hasRoom) this.onRoom();
        const records = decodeBatches(chunk.bytes, chunk.from);
        // A reader that is behind must not keep the event loop from the network.
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (records.length > 0 && !this.#closed) return records;
      } else if (this.#error !== undefined) {
        throw this.#error;
      } else {
        await new Promise<void>((resolve) => (this.#wakeUp = resolve));
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#chunks.length = 0;
    this.#wake();
    this.onRoom();
    this.onClosed();
  }

  #wake(): void {
    this.#wakeUp?.();
    this.#wakeUp = undefined;
  }
}
