// Where the repository is: scenarios start its services, its Kafka, and use the model it ships.
import { join } from 'node:path';

/** Folder of the repository; the same from src/arena and dist/arena. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..', '..');
