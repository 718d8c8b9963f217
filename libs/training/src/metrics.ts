// How good predicted probabilities are, as reference/protocol.md §6 defines it, with customer bootstrap intervals.
import { type Random } from './random.js';

/** Probabilities and what happened, row by row. */
export interface Scored {
  readonly p: Float64Array;
  /** 1: churned. */
  readonly y: Uint8Array;
}

export const METRICS = ['auc', 'prauc', 'brier', 'logloss', 'ece'] as const;
export type Metrics = Record<(typeof METRICS)[number], number>;

const TINY = 1e-6;
const clipped = (p: number): number => Math.min(1 - TINY, Math.max(TINY, p));

/** All metrics of one scoring. Rows may be empty of one class: then auc is NaN. */
export function metricsOf({ p, y }: Scored): Metrics {
  const n = p.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
  let [brier, logloss] = [0, 0];
  for (let i = 0; i < n; i++) {
    const q = clipped(p[i]!);
    brier += (q - y[i]!) ** 2;
    logloss -= y[i] === 1 ? Math.log(q) : Math.log(1 - q);
  }
  return {
    auc: areaUnderRoc(p, y, order),
    prauc: averagePrecision(p, y, order),
    brier: brier / n,
    logloss: logloss / n,
    ece: calibrationError(p, y, order),
  };
}

/** Mann–Whitney: ties count ½. `order`: rows by rising p. */
function areaUnderRoc(p: Float64Array, y: Uint8Array, order: readonly number[]): number {
  let [rankSum, positives, i] = [0, 0, 0];
  while (i < order.length) {
    let j = i;
    let tied = 0;
    while (j < order.length && p[order[j]!] === p[order[i]!]) tied += y[order[j++]!]!;
    rankSum += (tied * (i + 1 + j)) / 2;
    positives += tied;
    i = j;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Average precision over distinct thresholds, from the highest down. */
function averagePrecision(p: Float64Array, y: Uint8Array, order: readonly number[]): number {
  const total = y.reduce((sum, label) => sum + label, 0);
  let [found, area, i] = [0, 0, order.length - 1];
  while (i >= 0) {
    let j = i;
    let tied = 0;
    while (j >= 0 && p[order[j]!] === p[order[i]!]) tied += y[order[j--]!]!;
    found += tied;
    area += (tied / total) * (found / (order.length - 1 - j));
    i = j;
  }
  return area;
}

/** Expected calibration error over ten equal bins of rank. */
function calibrationError(p: Float64Array, y: Uint8Array, order: readonly number[]): number {
  const bins = new Float64Array(10);
  order.forEach((row, rank) => {
    bins[Math.floor((10 * rank) / order.length)]! += y[row]! - clipped(p[row]!);
  });
  return bins.reduce((sum, bin) => sum + Math.abs(bin), 0) / order.length;
}

/** A value with the 2.5 and 97.5 percentiles of its resamples. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Row numbers of customer resamples: the same for every method, so that methods can be compared pairwise. */
export const resamples = (rows: number, count: number, random: Random): Int32Array[] =>
  Array.from({ length: count }, () => Int32Array.from({ length: rows }, () => Math.floor(random.next() * rows)));

/** Metrics with 95 % intervals over the given resamples. */
export function estimate(scored: Scored, samples: readonly Int32Array[]): Record<keyof Metrics, Estimate> {
  const value = metricsOf(scored);
  const draws = samples.map((rows) => {
    const p = Float64Array.from(rows, (row) => scored.p[row]!);
    const y = Uint8Array.from(rows, (row) => scored.y[row]!);
    return metricsOf({ p, y });
  });
  const interval = (name: keyof Metrics): Estimate => {
    const sorted = draws.map((draw) => draw[name]).sort((a, b) => a - b);
    return { value: value[name], low: percentile(sorted, 0.025), high: percentile(sorted, 0.975) };
  };
  return Object.fromEntries(METRICS.map((name) => [name, interval(name)])) as Record<keyof Metrics, Estimate>;
}

/** Linear interpolation between order statistics. */
export function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const [low, high] = [Math.floor(at), Math.ceil(at)];
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
