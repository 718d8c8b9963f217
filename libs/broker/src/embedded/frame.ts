// One frame of the journal: a header that checks itself, then the records of one partition. Little endian:
// magic u32 | body bytes u32 | topic u16 | partition u16 | first offset f64 | records u32 | synced end f64 | body CRC u32 | header CRC u32
import { crc32 } from 'node:zlib';

/** Bytes of a frame's header. */
export const HEADER_BYTES = 40;
const MAGIC = 0x314a4648; // "HFJ1"

/** What a header says. The header's own CRC means that a damaged body still tells whose it was and where the next frame starts. */
export interface FrameHeader {
  readonly bodyBytes: number;
  readonly topicId: number;
  readonly partition: number;
  readonly base: number;
  readonly count: number;
  /** Journal position up to which everything was synced before this frame was written. */
  readonly syncedEnd: number;
  readonly bodyCrc: number;
}

/** Fills the first `HEADER_BYTES` of `frame`, whose body is already in place. */
export function sealFrame(frame: Buffer, header: Omit<FrameHeader, 'bodyBytes' | 'bodyCrc'>): void {
  const body = frame.subarray(HEADER_BYTES);
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt32LE(body.length, 4);
  frame.writeUInt16LE(header.topicId, 8);
  frame.writeUInt16LE(header.partition, 10);
  frame.writeDoubleLE(header.base, 12);
  frame.writeUInt32LE(header.count, 20);
  frame.writeDoubleLE(header.syncedEnd, 24);
  frame.writeUInt32LE(crc32(body), 32);
  frame.writeUInt32LE(crc32(frame.subarray(0, 36)), 36);
}

/** The header at `at`, or null when these bytes are none. */
export function readHeader(bytes: Buffer, at: number): FrameHeader | null {
  if (at + HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return null;
  if (crc32(bytes.subarray(at, at + 36)) !== bytes.readUInt32LE(at + 36)) return null;
  return {
    bodyBytes: bytes.readUInt32LE(at + 4),
    topicId: bytes.readUInt16LE(at + 8),
    partition: bytes.readUInt16LE(at + 10),
    base: bytes.readDoubleLE(at + 12),
    count: bytes.readUInt32LE(at + 20),
    syncedEnd: bytes.readDoubleLE(at + 24),
    bodyCrc: bytes.readUInt32LE(at + 32),
  };
}

/** Whether a body is the one its header was sealed with. */
export const isBodyIntact = (header: FrameHeader, body: Buffer): boolean =>
  body.length === header.bodyBytes && crc32(body) === header.bodyCrc;

/** Where a header could start at or after `from`; -1: nowhere. Used to find the next frame after a damaged header. */
export function nextMagic(bytes: Buffer, from: number): number {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  return bytes.indexOf(magic, from);
}
