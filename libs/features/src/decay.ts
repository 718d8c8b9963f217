// Exponentially decayed counters: value(t + s) = value(t) · 2^(−s / half-life). They need no queue and evolve through silence in
// closed form, which window counts do not (model.md §4). The half-lives are absolute, because raw records know no release; a
// release takes the four that suit its horizon.

/** Half-lives in days: 270 / 3^k. The factor of each is therefore the cube of the one before it. */
export const HALF_LIVES_DAYS = [270, 90, 30, 10, 10 / 3, 10 / 9, 10 / 27] as const;
export const HALF_LIVES = HALF_LIVES_DAYS.length;

/** Half-lives one release uses of each series. */
export const USED_HALF_LIVES = 4;

/** Writes 2^(−days / half-life) for all half-lives. `days` may be negative: back in time. */
export function decayFactors(days: number, out: Float64Array): void {
  let factor = 2 ** (-days / HALF_LIVES_DAYS[0]);
  for (let k = 0; k < HALF_LIVES; k++) {
    out[k] = factor;
    factor = factor * factor * factor;
  }
}

/**
 * Index of the longest of the four consecutive half-lives for a unit of `unitDays` days: those nearest to 270, 90, 30 and 10
 * u-days that exist.
 */
export function longestUsed(unitDays: number): number {
  const shift = Math.round(-Math.log(unitDays) / Math.log(3));
  return Math.min(HALF_LIVES - USED_HALF_LIVES, Math.max(0, shift));
}
