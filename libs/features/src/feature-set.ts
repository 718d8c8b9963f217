// The name of this feature set: a model trained on one set must never be fed another. FNV-1a over the ordered names and a
// version, which is raised whenever a formula changes without a name changing.
import { COUNTERS } from './counters.js';
import { STEP_INPUTS } from './step-inputs.js';
import { WIDE } from './wide.js';

const VERSION = 1;

/** FNV-1a, 32 bits (Fowler, Noll, Vo), of UTF-16 code units, as 8 hex digits. */
function fnv1a(text: string, basis: number): string {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const names = [VERSION, ...STEP_INPUTS, '|', ...COUNTERS, '|', ...WIDE].join(' ');

/** 16 hex digits; in every record and every artifact. */
export const FEATURE_SET_HASH: string = fnv1a(names, 0x811c9dc5) + fnv1a(names, 0x1234567);
