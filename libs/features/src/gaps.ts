// Running statistics of gaps (between sessions, between purchases), kept in O(1): count, sum, sum of squares, maximum, last and
// the exponentially weighted mean e ← .6·e + .4·gap that starts at the first gap (protocol.md §4).

/** Gaps in days. All 0 before the first gap. */
export interface Gaps {
  count: number;
  sum: number;
  squares: number;
  max: number;
  ewma: number;
  last: number;
}

export const noGaps = (): Gaps => ({ count: 0, sum: 0, squares: 0, max: 0, ewma: 0, last: 0 });

/** Adds a gap of `days` ≥ 0, in place. */
export function addGap(gaps: Gaps, days: number): void {
  gaps.ewma = gaps.count === 0 ? days : 0.6 * gaps.ewma + 0.4 * days;
  gaps.count += 1;
  gaps.sum += days;
  gaps.squares += days * days;
  gaps.max = Math.max(gaps.max, days);
  gaps.last = days;
}

export const meanGap = (gaps: Gaps): number => (gaps.count === 0 ? 0 : gaps.sum / gaps.count);

/** Deviation of the gaps; 0 below two of them. */
export function gapDeviation(gaps: Gaps): number {
  if (gaps.count < 2) return 0;
  const mean = gaps.sum / gaps.count;
  return Math.sqrt(Math.max(0, gaps.squares / gaps.count - mean * mean));
}
