// One bit of a journal that is no longer what was written: a bad disk, a bad copy.
import { open, readFile, stat } from 'node:fs/promises';

import { FRAME_MAGIC, journalFiles } from './torn-tail.js';

/** Of a frame; records follow. */
const HEADER_BYTES = 40;

export interface FlippedByte {
  readonly file: string;
  readonly position: number;
  readonly mask: number;
  /** Where its frame begins. */
  readonly frame: number;
  /** In the header of the frame: then nobody can tell whose it was. */
  readonly isInHeader: boolean;
}

/** Chooses a byte of a log: any, or one in the header of a frame. */
export async function chooseByte(
  log: string,
  random: () => number,
  where: 'anywhere' | 'header',
): Promise<FlippedByte> {
  const files = await journalFiles(log);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  let at = Math.floor(random() * sizes.reduce((sum, size) => sum + size, 0));
  const n = sizes.findIndex((size) => (at -= size) < 0);
  const file = files[n]!;
  const position = at + sizes[n]!;
  const frame = (await readFile(file)).lastIndexOf(FRAME_MAGIC, position);
  const chosen = where === 'header' ? frame + Math.floor(random() * HEADER_BYTES) : position;
  const mask = 1 << Math.floor(random() * 8);
  return { file, position: chosen, mask, frame, isInHeader: chosen < frame + HEADER_BYTES };
}

/** Flips the bit; another time, and it is as it was. */
export async function flip({ file, position, mask }: FlippedByte): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0]! ^= mask;
    await handle.write(byte, 0, 1, position);
  } finally {
    await handle.close();
  }
}
