// What code outside this lib sees of PostgreSQL: something to hand back to the functions of this lib.

/** A transaction under way (or a plain connection). Only libs/postgres runs SQL through it. */
export interface Transaction {
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}
