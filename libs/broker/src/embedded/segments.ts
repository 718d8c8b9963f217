// The journal's files: journal/000000.log, 000001.log, … Positions count through all of them: segment × 2³² + byte.
import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { readdirSync, readSync, writev } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SPAN = 2 ** 32;
const writeBuffers = promisify(writev);
const sync = promisify(fdatasync);

export const segmentOf = (position: number): number => Math.floor(position / SPAN);
export const byteOf = (position: number): number => position % SPAN;
export const positionOf = (segment: number, byte: number): number => segment * SPAN + byte;

/** Makes the names in a directory durable. Windows cannot sync a directory, and needs no such call. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

/** The open segment files. Writes go to the last one. */
export class Segments {
  readonly #fds: number[] = [];
  #end = 0;

  constructor(
    private readonly folder: string,
    private readonly segmentBytes: number,
  ) {
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder).filter((name) => /^\d{6,}\.log$/.test(name));
    names.sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
    names.forEach((name, index) => {
      if (parseInt(name, 10) !== index) throw new Error(`segment ${index} of the journal in ${folder} is missing`);
      this.#fds.push(openSync(join(folder, name), 'r+'));
    });
    if (this.#fds.length === 0) this.#roll();
    else this.#end = this.size(this.count - 1);
  }

  get count(): number {
    return this.#fds.length;
  }

  /** Position after the last byte. */
  get end(): number {
    return positionOf(this.count - 1, this.#end);
  }

  path(segment: number): string {
    return join(this.folder, `${String(segment).padStart(6, '0')}.log`);
  }

  /** Bytes in a segment's file. */
  size(segment: number): number {
    return fstatSync(this.#fd(segment)).size;
  }

  /** Up to `length` bytes; fewer at the end of the segment. */
  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const got = readSync(this.#fd(segmentOf(position)), bytes, read, length - read, byteOf(position) + read);
      if (got === 0) break;
      read += got;
    }
    return bytes.subarray(0, read);
  }

  /** Where the next write will land; starts a new segment when the last one is full. */
  nextPosition(): number {
    if (this.#end >= this.segmentBytes) this.#roll();
    return this.end;
  }

  /** One write, one sync. When it rejects, call `truncate(position)` or give up. */
  async write(buffers: readonly Buffer[]): Promise<void> {
    const fd = this.#fd(this.count - 1);
    const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    // The kernel takes at most 1024 buffers in one call.
    const joined = buffers.length > 1_000 ? [Buffer.concat(buffers)] : buffers;
    const { bytesWritten } = await writeBuffers(fd, joined, this.#end);
    if (bytesWritten !== total)
      throw new Error(`wrote ${bytesWritten} of ${total} bytes to ${this.folder}: disk full?`);
    await sync(fd);
    this.#end += total;
  }

  /** Drops everything from `position` on, which must lie in the last segment. */
  truncate(position: number): void {
    const fd = this.#fd(segmentOf(position));
    ftruncateSync(fd, byteOf(position));
    fsyncSync(fd);
    this.#end = byteOf(position);
  }

  /** Makes the last segment durable, whoever wrote it. */
  sync(): void {
    fsyncSync(this.#fd(this.count - 1));
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }

  #fd(segment: number): number {
    const fd = this.#fds[segment];
    if (fd === undefined) throw new RangeError(`segment ${segment} is not open`);
    return fd;
  }

  #roll(): void {
    this.#fds.push(openSync(this.path(this.count), 'wx+'));
    this.#end = 0;
    syncDirectory(this.folder);
  }
}
