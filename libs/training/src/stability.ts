// Have customers changed? The population stability index between two samples of a number: Σ (q − p) · ln(q/p) over the tenths of the first
// sample, p and q the shares of the first and the second in each. By custom below .1 is steady, above .25 is another population. Chance
// alone gives (bins − 1) · (1/n + 1/m) on the average (Yurdakul 2018: χ² with bins − 1 degrees of freedom, times that).
const BINS = 10;
/** 95 % of χ² lie below, by degrees of freedom. */
const CHI_SQUARE_95 = [0, 3.841, 5.991, 7.815, 9.488, 11.07, 12.592, 14.067, 15.507, 16.919, 18.307] as const;

type Sample = Float32Array | Float64Array;

/** An index, and what chance alone stays below 95 times of 100. */
export interface Stability {
  readonly index: number;
  readonly byChance: number;
}

/** `null`: one of the samples is empty. */
export function stability(before: Sample, now: Sample): Stability | null {
  if (before.length === 0 || now.length === 0) return null;
  const edges = edgesOf(before);
  const [p, q] = [sharesOf(before, edges), sharesOf(now, edges)];
  return {
    index: p.reduce((sum, share, bin) => sum + (q[bin]! - share) * Math.log(q[bin]! / share), 0),
    byChance: CHI_SQUARE_95[edges.length]! * (1 / before.length + 1 / now.length),
  };
}

/** Last values of the bins but the last; rising and distinct, so that equal values share a bin, and one that is often there has its own. */
function edgesOf(sample: Sample): number[] {
  const sorted = Float64Array.from(sample).sort();
  const quantiles = Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)]!);
  return [...new Set(quantiles)];
}

/** Share of a sample in each bin; half a customer is added to each, so that none is empty. */
function sharesOf(sample: Sample, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0.5);
  for (const value of sample) {
    const bin = edges.findIndex((edge) => value <= edge);
    counts[bin < 0 ? edges.length : bin]! += 1;
  }
  const all = sample.length + counts.length / 2;
  return counts.map((count) => count / all);
}
