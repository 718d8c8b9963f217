// One partition: where its frames lie in the journal, what readers may see, and who waits for more.
import { type StoredRecord } from '../broker.js';
import { PermanentError } from '../errors.js';
import { HEADER_BYTES, isBodyIntact, readHeader } from './frame.js';
import { byteOf, type Segments, segmentOf } from './segments.js';
import { CachedFrame, type TailCache } from './tail-cache.js';

/** Where a frame of the partition lies. */
export interface FramePlace {
  readonly base: number;
  readonly count: number;
  readonly position: number;
  /** Header included. */
  readonly bytes: number;
}

/** At most this much is handed out by one read. */
const READ_RECORDS = 1_000;
const READ_BYTES = 512 * 1_024;

/** The index is packed: 20 bytes a frame. */
export class PartitionLog {
  /** Offset after the last record readers may see. */
  end = 0;
  /** Offset the next appended record gets; ahead of `end` while a write is under way. */
  next = 0;
  /** Set when a record is damaged: nothing more is appended, and nothing is read from there on. */
  damage: PermanentError | undefined;
  #damagedFrom = Infinity;
  #frames = 0;
  #bases = new Float64Array(16);
  #positions = new Float64Array(16);
  #sizes = new Uint32Array(16);
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly topic: string,
    readonly topicId: number,
    readonly partition: number,
    private readonly store: { readonly segments: Segments; readonly cache: TailCache },
  ) {}

  /** Makes a written and synced frame visible. */
  publish(place: FramePlace, body?: Buffer): void {
    this.#index(place);
    this.end = place.base + place.count;
    if (body) this.store.cache.add(place.position, new CachedFrame(body, place.base, place.count));
    this.wake();
  }

  /** Stops the partition at `from`: what lies before stays readable. */
  stopAt(from: number, position: number): void {
    if (this.damage) return;
    const { segments } = this.store;
    const file = segments.path(segmentOf(position));
    const message =
      `Partition ${this.partition} of ${this.topic} is damaged from offset ${from} on: the bytes at position ${byteOf(position)} ` +
      `of ${file} do not match their checksum. Restore the file from a copy, or start with another data folder.`;
    const context = { topic: this.topic, partition: this.partition, offset: from, file, position: byteOf(position) };
    this.damage = new PermanentError('corrupt-log', message, context);
    this.#damagedFrom = from;
    this.wake();
  }

  /** Calls back once, when there is something new to see. Returns how to stop waiting. */
  wait(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  wake(): void {
    const callbacks = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of callbacks) callback();
  }

  /** Records from `offset` on, none at the end. Throws `PermanentError`: `offset-out-of-range`, `corrupt-log`. */
  read(offset: number): readonly StoredRecord[] {
    if (offset > this.end || offset < 0 || !Number.isInteger(offset)) {
      const message = `Offset ${offset} lies outside partition ${this.partition} of ${this.topic} (0 to ${this.end}).`;
      const context = { topic: this.topic, partition: this.partition, offset, start: 0, end: this.end };
      throw new PermanentError('offset-out-of-range', message, context);
    }
    const first = this.#find(offset);
    let records: readonly StoredRecord[] = [];
    let bytes = 0;
    for (let frame = first; frame < this.#frames && this.#bases[frame]! < this.#damagedFrom; frame += 1) {
      if (records.length >= READ_RECORDS || bytes >= READ_BYTES) break;
      const read = this.#load(frame);
      if (!read) break;
      bytes += this.#sizes[frame]!;
      const from = Math.max(0, offset - this.#bases[frame]!);
      const wanted = from === 0 ? read : read.slice(from);
      records = records.length === 0 ? wanted : records.concat(wanted);
    }
    if (records.length === 0 && offset >= this.#damagedFrom) throw this.damage!;
    return records;
  }

  #load(frame: number): readonly StoredRecord[] | undefined {
    const position = this.#positions[frame]!;
    const cached = this.store.cache.get(position);
    if (cached) return cached.records();
    const bytes = this.store.segments.read(position, this.#sizes[frame]!);
    const header = readHeader(bytes, 0);
    const body = bytes.subarray(HEADER_BYTES);
    if (!header || header.base !== this.#bases[frame] || !isBodyIntact(header, body)) {
      this.stopAt(this.#bases[frame]!, position);
      return undefined;
    }
    return new CachedFrame(body, header.base, header.count).records();
  }

  /** The frame that holds `offset`. */
  #find(offset: number): number {
    let low = 0;
    let high = this.#frames;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bases[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return offset >= this.end ? this.#frames : Math.max(0, low - 1);
  }

  #index(place: FramePlace): void {
    if (this.#frames === this.#bases.length) {
      const room = this.#frames * 2;
      const grow = <T extends Float64Array | Uint32Array>(old: T, grown: T): T => (grown.set(old), grown);
      this.#bases = grow(this.#bases, new Float64Array(room));
      this.#positions = grow(this.#positions, new Float64Array(room));
      this.#sizes = grow(this.#sizes, new Uint32Array(room));
    }
    this.#bases[this.#frames] = place.base;
    this.#positions[this.#frames] = place.position;
    this.#sizes[this.#frames] = place.bytes;
    this.#frames += 1;
  }
}
