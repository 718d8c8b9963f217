// Rows of a CSV file. Most lines hold no quote and are split at the commas; the others go through csv-parse. A quoted field may
// run over several lines, but a quote that is never closed costs only its own line, not the rest of the file.
import { parse } from 'csv-parse/sync';

import { linesOf, type TextLine } from './open-file.js';

/** One row with the number of its first line, or what was wrong with it. */
export type Row =
  { readonly line: number; readonly fields: readonly string[] } | { readonly line: number; readonly fault: string };

/** Most lines that one row may run over. */
const MAX_LINES_OF_A_ROW = 50;

/** Splits one line (or several, joined) into fields; `null` when a quote is still open. Throws on other faults. */
export type Splitter = (text: string) => readonly string[] | null;

/** Comma-separated, RFC 4180. */
export const splitCommas: Splitter = (text) => {
  if (!text.includes('"')) return text.split(',');
  const quotes = text.length - text.replaceAll('"', '').length;
  if (quotes % 2 === 1) return null;
  return (parse(text, { relax_quotes: true, relax_column_count: true }) as string[][])[0] ?? [];
};

/** Columns set apart by blanks, as CDNOW has them. */
export const splitBlanks: Splitter = (text) => text.trim().split(/\s+/);

/** All rows of a file that are not empty, the header included, in file order. Throws what reading or unpacking throws. */
export async function* rowsOf(path: string, split: Splitter): AsyncGenerator<readonly Row[]> {
  let open: TextLine[] = [];
  for await (const lines of linesOf(path)) {
    const rows: Row[] = [];
    for (const line of lines) open = addLine(line, open, { rows, split });
    yield rows;
  }
  if (open.length > 0) yield giveUp(open, split);
}

interface Sink {
  readonly rows: Row[];
  readonly split: Splitter;
}

/** Reads one more line; returns the lines of a row that is still open. */
function addLine(line: TextLine, open: readonly TextLine[], { rows, split }: Sink): TextLine[] {
  if (open.length === 0 && line.text.trim() === '') return [];
  const parts = [...open, line];
  const row = readRow(parts, split);
  if (row !== null) {
    rows.push(row);
    return [];
  }
  if (parts.length < MAX_LINES_OF_A_ROW) return parts;
  rows.push(...giveUp(parts, split));
  return [];
}

function readRow(parts: readonly TextLine[], split: Splitter): Row | null {
  const { line } = parts[0]!;
  try {
    const fields = split(parts.map((part) => part.text).join('\n'));
    return fields === null ? null : { line, fields };
  } catch (error) {
    return { line, fault: (error as Error).message };
  }
}

/** The first line's quote was never closed: that line is bad, the others stand for themselves. */
function giveUp(parts: readonly TextLine[], split: Splitter): Row[] {
  return parts.flatMap((part, i) => {
    const row = i === 0 ? null : readRow([part], split);
    return row ?? [{ line: part.line, fault: 'a quote is opened and never closed' }];
  });
}
