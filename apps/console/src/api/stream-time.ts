// What time it is in the shop: during a replay as far as the stream has come, afterwards the wall clock.
import { type ClockState, readClock, streamNow, type Transaction } from '@holdfast/postgres';
import { type Millis, toIso } from '@holdfast/schemas';

import { refusal } from './failure.js';

/** The later of those known. */
export const latest = (times: readonly (Millis | null)[]): Millis | null =>
  times.reduce((a, b) => (b === null || (a !== null && a > b) ? a : b), null);

/** `now` is null before the first tick of a replay. */
export async function readStreamTime(
  db: Transaction,
  wallNow: Millis,
): Promise<{ readonly state: ClockState | null; readonly now: Millis | null }> {
  const state = await readClock(db);
  if (state?.mode !== 'replay') return { state, now: wallNow };
  return { state, now: latest([await streamNow(db, 'console-risk'), state.lastTick]) };
}

/** An instant that has been in the shop. Throws 400 for one that is still to come. */
export async function readPast(db: Transaction, text: string): Promise<Millis> {
  const at = Date.parse(text);
  const wallNow = Date.now();
  const now = (await readStreamTime(db, wallNow)).now ?? wallNow;
  if (at <= now) return at;
  throw refusal(400, `In the shop it is ${toIso(now)}: \`at\` must not be later.`);
}
