// The expected calibration error of few customers is never 0: a model that is exactly right has one, too.
import { percentile } from './bootstrap.js';
import { type Random } from './random.js';

const DRAWS = 200;
const BINS = 10;

/** What it stays below 95 times of 100 for a model whose risks are exactly right: outcomes are drawn from them. */
export function eceByChance(risks: Float64Array, random: Random): number {
  const sorted = Float64Array.from(risks).sort();
  const n = sorted.length;
  const draws = Array.from({ length: DRAWS }, () => {
    const bins = new Float64Array(BINS);
    sorted.forEach((risk, rank) => {
      bins[Math.floor((BINS * rank) / n)]! += Number(random.next() < risk) - risk;
    });
    return bins.reduce((sum, bin) => sum + Math.abs(bin), 0) / n;
  });
  return percentile(
    draws.sort((a, b) => a - b),
    0.95,
  );
}
