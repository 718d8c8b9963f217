// Group commit: whatever has been appended by the time the disk is free goes out in one write and one sync, and is then shown
// to readers and acknowledged. A lone append waits for nobody; under load the disk's own pace makes the groups.
import { type BrokerRecord } from '../broker.js';
import { HEADER_BYTES, sealFrame } from './frame.js';
import { type PartitionLog } from './partition-log.js';
import { FrameBuilder } from './record-codec.js';
import { positionOf, type Segments } from './segments.js';
import { type SyncedEnd } from './synced-end.js';

const FRAME_BYTES = 1_048_576;

interface Waiter {
  readonly offset: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
}

interface PendingFrame {
  readonly partition: PartitionLog;
  readonly base: number;
  readonly builder: FrameBuilder;
  readonly waiters: Waiter[];
}

/** The only writer of the journal. */
export class GroupCommit {
  #pending: PendingFrame[] = [];
  #open = new Map<PartitionLog, PendingFrame>();
  #running: Promise<void> | undefined;
  #broken: Error | undefined;

  constructor(
    private readonly segments: Segments,
    private readonly syncedEnd: SyncedEnd,
  ) {}

  /** Resolves with the first record's offset when all are synced and visible. The records are copied at once. */
  async append(partition: PartitionLog, records: readonly BrokerRecord[]): Promise<number> {
    this.check();
    if (partition.damage) throw partition.damage;
    const frame = this.#frameOf(partition);
    const mark = { length: frame.builder.length, count: frame.builder.count };
    try {
      for (const record of records) frame.builder.add(record, partition.topic);
    } catch (error) {
      frame.builder.rewind(mark);
      throw error;
    }
    const offset = partition.next;
    partition.next += records.length;
    return new Promise((resolve, reject) => {
      frame.waiters.push({ offset, resolve, reject });
      this.#start();
    });
  }

  /** Throws when the journal can no longer be written. */
  check(): void {
    if (this.#broken) throw this.#broken;
  }

  /** Resolves when everything appended so far is written. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #frameOf(partition: PartitionLog): PendingFrame {
    const open = this.#open.get(partition);
    if (open && open.builder.length < FRAME_BYTES) return open;
    const frame = { partition, base: partition.next, builder: new FrameBuilder(HEADER_BYTES), waiters: [] };
    this.#open.set(partition, frame);
    this.#pending.push(frame);
    return frame;
  }

  #start(): void {
    // The end of this turn of the event loop: what one caller appends in a loop shares a sync.
    this.#running ??= new Promise<void>((done) => setImmediate(done)).then(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0) {
      const frames = this.#pending.filter((frame) => frame.builder.count > 0);
      this.#pending = [];
      this.#open = new Map();
      // Where the journal ended before: what is synced and then refused (the side file cannot be written) must go as well.
      const before = this.segments.end;
      try {
        await this.#write(frames);
      } catch (error) {
        this.#fail(frames, { error, before });
      }
    }
    // In the same turn as the last look at what is pending: an append that comes later must start anew, or it waits for ever.
    this.#running = undefined;
  }

  async #write(frames: readonly PendingFrame[]): Promise<void> {
    const start = this.segments.nextPosition();
    const buffers = frames.map(({ partition, base, builder }) => {
      const bytes = builder.bytes();
      const { topicId, partition: number } = partition;
      sealFrame(bytes, { topicId, partition: number, base, count: builder.count, syncedEnd: start });
      return bytes;
    });
    await this.segments.write(buffers);
    this.syncedEnd.write(this.segments.end);
    let position = start;
    for (const [index, { partition, base, builder, waiters }] of frames.entries()) {
      const bytes = buffers[index] as Buffer;
      const place = { base, count: builder.count, position, bytes: bytes.length };
      partition.publish(place, bytes.subarray(HEADER_BYTES));
      for (const { offset, resolve } of waiters) resolve(offset);
      position += bytes.length;
    }
  }

  /** Nothing of a failed group stays, and nothing that was numbered after it. */
  #fail(frames: readonly PendingFrame[], { error, before }: { error: unknown; before: number }): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    // After a failed sync nobody knows what the disk holds: only a restart, which checks every frame, can tell.
    if ('syscall' in cause && cause.syscall === 'fdatasync') this.#break(cause);
    try {
      // A segment started meanwhile is emptied from its beginning.
      this.segments.truncate(Math.max(before, positionOf(this.segments.count - 1, 0)));
    } catch (problem) {
      this.#break(problem);
    }
    const all = [...frames, ...this.#pending];
    this.#pending = [];
    this.#open = new Map();
    for (const { partition } of all) partition.next = partition.end;
    for (const { waiters } of all) for (const { reject } of waiters) reject(cause);
  }

  #break(cause: unknown): void {
    this.#broken ??= new Error('The log on disk cannot be written any more: check the disk, then restart.', { cause });
  }
}
