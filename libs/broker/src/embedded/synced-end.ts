// The side file `synced`: the journal position up to which all is durable. Written after every group commit, in place and unsynced:
// it survives a kill, and after a power cut the frames written later say the same.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const BYTES = 12; // position f64 | CRC u32

/** The recorded synced end. */
export class SyncedEnd {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(BYTES);

  constructor(path: string) {
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT);
  }

  /** 0 when nothing (readable) was recorded. */
  read(): number {
    const read = readSync(this.#fd, this.#bytes, 0, BYTES, 0);
    if (read < BYTES || crc32(this.#bytes.subarray(0, 8)) !== this.#bytes.readUInt32LE(8)) return 0;
    return this.#bytes.readDoubleLE(0);
  }

  write(position: number): void {
    this.#bytes.writeDoubleLE(position, 0);
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(0, 8)), 8);
    writeSync(this.#fd, this.#bytes, 0, BYTES, 0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
