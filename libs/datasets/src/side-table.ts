// Small files beside the main ones: prices, departments, redemptions.
import { columnsOf, fieldAt } from './columns.js';
import { rowsOf, splitCommas } from './rows.js';

/** The named columns of every row of a CSV file with a header; '' where a field is missing. */
export async function* recordsOf<const N extends string>(
  path: string,
  names: readonly N[],
): AsyncGenerator<{ readonly line: number; readonly values: Readonly<Record<N, string>> }> {
  let at: Record<N, number> | undefined;
  for await (const rows of rowsOf(path, splitCommas)) {
    for (const row of rows) {
      if (!('fields' in row)) continue;
      if (at === undefined) {
        at = columnsOf(row.fields, names);
        continue;
      }
      const columns = at;
      const values = Object.fromEntries(names.map((name) => [name, fieldAt(row.fields, columns[name])]));
      yield { line: row.line, values: values as Record<N, string> };
    }
  }
}
