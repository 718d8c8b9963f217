// Where the repository lies: models, shipped data and the other services are found from here.
import { join } from 'node:path';

/** Folder of the repository; the same from src/ and from dist/. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');
