// Everything that is compared, in the order of the table.
import { FUSIONS } from './fusions.js';
import { MODELS } from './models/index.js';

/** Models, and what is made of them. */
export const METHODS: readonly { readonly key: string; readonly name: string }[] = [...MODELS, ...FUSIONS];
