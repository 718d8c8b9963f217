// Reads the files of a data set through its layout.
import { basename } from 'node:path';

import { Assembly, single } from './assemble.js';
import { type DatasetLine, type Mapped, type RowMapper } from './dataset-line.js';
import { type JsonLayout, type LayoutContext, type TableLayout } from './layout.js';
import { firstLine, linesOf } from './open-file.js';
import { type Row, rowsOf } from './rows.js';

export interface DatasetContext extends LayoutContext {
  readonly shop: string;
}

/** Rows of tables. What is no event is yielded as soon as it is read; the events follow in time order. */
export async function* tableLines(layout: TableLayout, context: DatasetContext): AsyncGenerator<DatasetLine> {
  const stamp = { shop: context.shop, sender: layout.name };
  const assembly = new Assembly();
  let map: RowMapper | undefined;
  let latest = -Infinity;
  for (const path of context.files.main) {
    const file = basename(path);
    let isHeader = layout.hasHeader(await firstLine(path));
    for await (const rows of rowsOf(path, layout.split)) {
      for (const row of rows) {
        if (isHeader || map === undefined) {
          const header = 'fields' in row ? row.fields.map((name) => name.trim()) : [];
          map ??= await layout.mapper(header, context);
        }
        if (isHeader) {
          isHeader = false;
          continue;
        }
        const mapped = mapRow(row, map, file);
        const place = { line: row.line, file };
        if ('reason' in mapped) yield { ...place, ...mapped };
        else if (!layout.streamed) assembly.add(mapped, place);
        else if (mapped.event.occurredAt < latest) yield { ...place, ...OUT_OF_ORDER };
        else {
          latest = mapped.event.occurredAt;
          yield single(mapped, place, stamp);
        }
      }
    }
  }
  if (layout.extras) {
    for await (const { mapped, ...place } of layout.extras(assembly.customers(), context)) {
      if ('reason' in mapped) yield { ...place, ...mapped };
      else assembly.add(mapped, place);
    }
  }
  yield* assembly.inTimeOrder(stamp);
}

const OUT_OF_ORDER = {
  reason: 'out-of-order',
  message: 'Files of this layout are read as they stream by, so they must be in time order.',
};

function mapRow(row: Row, map: RowMapper, file: string): Mapped {
  if ('fault' in row) return { reason: 'bad-csv', message: row.fault };
  try {
    return map(row.fields, file);
  } catch (error) {
    return { reason: 'bad-row', message: (error as Error).message };
  }
}

/** Lines of JSON, one object each. */
export async function* jsonLines(layout: JsonLayout, context: DatasetContext): AsyncGenerator<DatasetLine> {
  const assembly = new Assembly();
  for (const path of context.files.main) {
    const file = basename(path);
    for await (const lines of linesOf(path)) {
      for (const { line, text } of lines) {
        if (text.trim() === '') continue;
        const mapped = mapJson(layout, text);
        if ('reason' in mapped) yield { line, file, ...mapped };
        else assembly.add(mapped, { line, file });
      }
    }
  }
  yield* assembly.inTimeOrder({ shop: context.shop, sender: layout.name });
}

function mapJson(layout: JsonLayout, text: string): Mapped {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return { reason: 'bad-json', message: (error as Error).message };
  }
  if (typeof message !== 'object' || message === null) return { reason: 'bad-json', message: 'The line is no object.' };
  return layout.map(message as Record<string, unknown>);
}
