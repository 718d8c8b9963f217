// The results file.
import { readFile } from 'node:fs/promises';

/** Rows measured earlier, so that one part can be measured again alone. */
export async function earlier(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return [];
  }
}

/** A row of it. `against`: what it is held against, `ratio`: to that; null: nothing. */
export const row = (name, value, unit, extra = {}) => ({
  name,
  value,
  unit,
  against: null,
  ratio: null,
  runs: 1,
  ...extra,
});
