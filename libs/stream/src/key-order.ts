// Order of keys as PostgreSQL's collation "C" sees them: by UTF-8 bytes, which is by code point. JavaScript compares UTF-16 units,
// which puts the surrogates of the astral planes before U+E000…U+FFFF.
import { type WakeUp } from '@holdfast/postgres';

/** Below 0 when `a` comes before `b`. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

// Surrogates (0xD800…0xDFFF) move behind everything else.
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** Order in which wake-ups fire: by instant, then key. */
export const compareWakeUps = (a: WakeUp, b: WakeUp): number => a.wakeAt - b.wakeAt || compareKeys(a.key, b.key);
