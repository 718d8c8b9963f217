// The expected calibration error of few customers is never 0: a model that is exactly right has one, too.
import { percentile, type Weights } from './bootstrap.js';
import { calibrationError } from './metrics.js';
import { type Random } from './random.js';

const DRAWS = 200;

/** What it stays below 95 times of 100 for a model whose risks are exactly right: outcomes are drawn from them. */
export function eceByChance(risks: Float64Array, weights: Weights, random: Random): number {
  const order = Uint32Array.from(risks, (_, i) => i).sort((a, b) => risks[a]! - risks[b]! || a - b);
  const inOrder = Float64Array.from(order, (row) => weights[row]!);
  const draws = Array.from({ length: DRAWS }, () => {
    const missed = Float64Array.from(order, (row) => Number(random.next() < risks[row]!) - risks[row]!);
    return calibrationError(missed, inOrder);
  });
  return percentile(
    draws.sort((a, b) => a - b),
    0.95,
  );
}
