// Compares the ledger with the undisturbed one, row by row: none missing, none too many, none different.
import { type Transaction } from '@holdfast/postgres';

import { type Findings } from './findings.js';
import { LEDGER_TABLES, readTable } from './ledger-tables.js';

export async function compareLedger(actual: Transaction, undisturbed: Transaction, findings: Findings): Promise<void> {
  for (const table of LEDGER_TABLES) {
    const { name } = table;
    const expected = await readTable(undisturbed, table);
    for (const [key, row] of await readTable(actual, table)) {
      const twin = expected.get(key);
      if (twin === undefined) findings.double(name, `${name}: ${key} would not exist undisturbed.`);
      else if (twin !== row)
        findings.fault(name, `${name}: ${key} differs from the undisturbed run in ${columns(twin, row)}.`);
      expected.delete(key);
    }
    for (const key of expected.keys()) findings.lose(name, `${name}: ${key} is missing.`);
  }
}

/** Names and values of the columns in which two rows differ. */
function columns(expected: string, actual: string): string {
  const [a, b] = [expected, actual].map((row) => JSON.parse(row) as Record<string, unknown>) as [Row, Row];
  const different = Object.keys({ ...a, ...b }).filter((name) => a[name] !== b[name]);
  return different.map((name) => `${name} (${b[name]}, not ${a[name]})`).join(', ');
}
type Row = Record<string, unknown>;
