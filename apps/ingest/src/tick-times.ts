// Which ticks lead from the last one to now: time is never skipped without a tick. Steps are 5 s at most, so that a leap of the
// clock cannot declare everybody gone at once. A long gap after downtime, with nothing pending, is walked in at most 240 steps,
// whatever their length: tick spacing changes promptness, not crossings (design §2).
import { type Millis, SECOND } from '@holdfast/schemas';

const STEP: Millis = 5 * SECOND;
/** Most ticks of a partition at once. */
export const MOST_TICKS = 240;

/** Instants of the ticks after `last`, up to `until`, rising; the last one is `until` unless that takes more than {@link MOST_TICKS}. */
export function tickTimes(last: Millis, until: Millis, hasPending: boolean): Millis[] {
  const step = hasPending ? STEP : Math.max(STEP, Math.ceil((until - last) / MOST_TICKS));
  const times: Millis[] = [];
  for (let at = last; at < until && times.length < MOST_TICKS;) {
    at = Math.min(at + step, until);
    times.push(at);
  }
  return times;
}
