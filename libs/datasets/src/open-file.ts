// Files as lines of text, unpacked by their ending: .gz (gzip), .br (brotli), anything else as it is.
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** The unpacked bytes of a file. Errors of reading or unpacking surface on the returned stream. */
export function openFile(path: string): Readable {
  const bytes = createReadStream(path);
  const unpack = path.endsWith('.gz') ? createGunzip() : path.endsWith('.br') ? createBrotliDecompress() : null;
  if (unpack === null) return bytes;
  return pipeline(bytes, unpack, () => {});
}

/** One physical line, numbered from 1. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/**
 * The lines of a text file, in batches (one promise a batch, not one a line). Endings \n and \r\n; a byte order mark is
 * dropped. Throws what reading or unpacking throws.
 */
export async function* linesOf(path: string): AsyncGenerator<readonly TextLine[]> {
  const input = openFile(path);
  const decoder = new TextDecoder('utf-8');
  let line = 0;
  let rest = '';
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = pieces.pop()!;
      if (pieces.length > 0) yield pieces.map((text) => ({ line: ++line, text: text.replace(/\r$/, '') }));
    }
    rest += decoder.decode();
    if (rest !== '') yield [{ line: ++line, text: rest.replace(/\r$/, '') }];
  } finally {
    input.destroy();
  }
}

/** The first line of a file, '' when it is empty. */
export async function firstLine(path: string): Promise<string> {
  for await (const [first] of linesOf(path)) return first?.text ?? '';
  return '';
}
