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
