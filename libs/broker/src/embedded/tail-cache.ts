// The most recent frames of all partitions in memory, oldest out first: readers at the tail never touch the disk.
import { type StoredRecord } from '../broker.js';
import { decodeRecords } from './record-codec.js';

/** A frame's body, decoded once for all its readers. */
export class CachedFrame {
  #records: readonly StoredRecord[] | undefined;

  constructor(
    readonly body: Buffer,
    readonly base: number,
    readonly count: number,
  ) {}

  records(): readonly StoredRecord[] {
    return (this.#records ??= decodeRecords(this.body, this.base, this.count));
  }
}

/** Memory of a frame once decoded, roughly. */
const weightOf = (frame: CachedFrame): number => frame.body.length + 400 * frame.count;

/** Frames by their position in the journal, bounded in bytes. */
export class TailCache {
  readonly #frames = new Map<number, CachedFrame>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get(position: number): CachedFrame | undefined {
    return this.#frames.get(position);
  }

  add(position: number, frame: CachedFrame): void {
    this.#frames.set(position, frame);
    this.#bytes += weightOf(frame);
    for (const [oldest, old] of this.#frames) {
      if (this.#bytes <= this.maxBytes) break;
      this.#frames.delete(oldest);
      this.#bytes -= weightOf(old);
    }
  }
}
