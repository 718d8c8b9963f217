// Bulk writes: rows as one array a column, through `unnest`, so that a batch is one statement whatever its size.

/** Column name → its SQL type and how to read it from a row. */
export type Columns<Row> = Readonly<Record<string, readonly [type: string, read: (row: Row) => unknown]>>;

/** `unnest($1::text[], …) AS row(a, …)` for a FROM clause, and the parameters that belong to it. `first`: number of the first one. */
export function unnestRows<Row>(rows: readonly Row[], columns: Columns<Row>, first = 1) {
  const entries = Object.entries(columns);
  return {
    names: entries.map(([name]) => name).join(', '),
    from: `unnest(${entries.map(([, [type]], i) => `$${i + first}::${type}[]`).join(', ')}) AS row(${entries.map(([name]) => name).join(', ')})`,
    parameters: entries.map(([, [, read]]) => rows.map(read)),
  };
}
