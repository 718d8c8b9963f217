// What a write that never ended may leave at the end of the embedded log: part of a frame, garbage, or zeros.
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How every frame of the journal begins. */
export const FRAME_MAGIC = 'HFJ1';
/** How far back a frame is looked for, of which to write a part. */
const REACH = 1_048_576;
const MOST_BYTES = 8_192;

export interface TornTail {
  readonly file: string;
  /** Written behind the end. */
  readonly bytes: number;
  /** Of the file, after that. */
  readonly size: number;
}

/** Files of a journal, in order. */
export async function journalFiles(log: string): Promise<string[]> {
  const names = (await readdir(join(log, 'journal'))).filter((name) => name.endsWith('.log'));
  return names.toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10)).map((name) => join(log, 'journal', name));
}

/** Tears the tail of a log that no process has open. */
export async function tearTail(log: string, random: () => number): Promise<TornTail> {
  const file = (await journalFiles(log)).at(-1)!;
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const end = Buffer.alloc(Math.min(size, REACH));
    await handle.read(end, 0, end.length, size - end.length);
    const tail = tailLike(end, random);
    await handle.write(tail, 0, tail.length, size);
    return { file, bytes: tail.length, size: size + tail.length };
  } finally {
    await handle.close();
  }
}

function tailLike(end: Buffer, random: () => number): Buffer {
  const length = 1 + Math.floor(random() * MOST_BYTES);
  const kind = random();
  if (kind < 0.2) return Buffer.alloc(length);
  if (kind < 0.4) return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const starts: number[] = [];
  for (let at = end.indexOf(FRAME_MAGIC); at >= 0; at = end.indexOf(FRAME_MAGIC, at + 1)) starts.push(at);
  const n = Math.floor(random() * (starts.length - 1));
  const [start, next] = [starts[n], starts[n + 1]];
  if (start === undefined || next === undefined) return Buffer.alloc(length);
  return end.subarray(start, start + 1 + Math.floor(random() * (next - start - 1)));
}

/** The sentence that says that it has been cut off: all of it, and no more than what is behind the last whole frame. */
export function isCutOff({ file, bytes, size }: TornTail, line: string): boolean {
  const [, cut, named, at] = /Cut (\d+) bytes of an unfinished write off (.*) at (\d+);/.exec(line) ?? [];
  return named === file && Number(cut) >= bytes && Number(cut) + Number(at) === size;
}
