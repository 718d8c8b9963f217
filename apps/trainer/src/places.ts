// Where things lie that every command asks for.
import { join } from 'node:path';

/** The repository. */
export const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

/** The releases that scoring reads. */
export const SERVED_FROM = process.env['SCORING_MODELS_DIR'] || join(REPOSITORY, 'models');
