// How good predicted probabilities are, as reference/protocol.md §6 defines it. Every metric takes each row as often as a weight says,
// so that a resample of customers (bootstrap.ts) costs one pass over rows that were sorted once.
import { eachOnce, total, type Weights } from './bootstrap.js';

/** Probabilities and what happened, row by row. */
export interface Scored {
  readonly p: Float64Array;
  /** 1: churned. */
  readonly y: Uint8Array;
}

export const METRICS = [
  'auc',
  'prauc',
  'praucRetained',
  'lift10',
  'lift10Retained',
  'brier',
  'logloss',
  'ece',
] as const;
export type Metrics = Record<(typeof METRICS)[number], number>;
/** What is looked at to decide whom to trust. */
export const DECISIVE = ['auc', 'logloss', 'ece'] as const;
export type Decisive = (typeof DECISIVE)[number];

const TINY = 1e-6;
const clipped = (p: number): number => Math.min(1 - TINY, Math.max(TINY, p));

/** Rows that share a score. */
interface Tie {
  readonly churned: number;
  readonly retained: number;
}

/** All metrics of one scoring. Rows may be empty of one class: then auc is NaN. */
export const metricsOf = (scored: Scored): Metrics => ranked(scored)(eachOnce(scored.p.length));

/** Of ties by rising score. */
const BY_RANK = {
  auc: areaUnderRoc,
  prauc: (ties: readonly Tie[]) => averagePrecision(ties.toReversed()),
  praucRetained: (ties: readonly Tie[]) => averagePrecision(ties.map(flipped)),
  lift10: (ties: readonly Tie[]) => lift(ties.toReversed()),
  lift10Retained: (ties: readonly Tie[]) => lift(ties.map(flipped)),
} as const;
const flipped = ({ churned, retained }: Tie): Tie => ({ churned: retained, retained: churned });

/** Sorts once; the metrics that are wanted, of the rows, each taken `weights[row]` times. */
export function ranked<Name extends keyof Metrics = keyof Metrics>(
  { p, y }: Scored,
  wanted: readonly Name[] = METRICS as readonly (keyof Metrics)[] as readonly Name[],
): (weights: Weights) => Record<Name, number> {
  const order = Uint32Array.from(p, (_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
  const needsTies = wanted.some((name) => name in BY_RANK);
  const errors = wanted.some((name) => !(name in BY_RANK)) ? errorsOf({ p, y }, order) : null;
  return (weights) => {
    const ties = needsTies ? tiesOf({ p, y }, order, weights) : [];
    const ofErrors = errors?.(weights);
    const value = (name: keyof Metrics): number =>
      name === 'brier' || name === 'logloss' || name === 'ece' ? ofErrors![name] : BY_RANK[name](ties);
    return Object.fromEntries(wanted.map((name) => [name, value(name)])) as Record<Name, number>;
  };
}

/** By rising score. */
function tiesOf({ p, y }: Scored, order: Uint32Array, weights: Weights): Tie[] {
  const ties: Tie[] = [];
  let [churned, retained] = [0, 0];
  order.forEach((row, i) => {
    if (y[row] === 1) churned += weights[row]!;
    else retained += weights[row]!;
    const next = order[i + 1];
    if (next !== undefined && p[next] === p[row]) return;
    if (churned + retained > 0) ties.push({ churned, retained });
    [churned, retained] = [0, 0];
  });
  return ties;
}

/** Mann–Whitney: ties count ½. */
function areaUnderRoc(ties: readonly Tie[]): number {
  let [below, churners, area] = [0, 0, 0];
  for (const { churned, retained } of ties) {
    area += churned * (below + retained / 2);
    below += retained;
    churners += churned;
  }
  return area / (below * churners);
}

/** Average precision over distinct thresholds, of ties from the best on. */
function averagePrecision(ties: readonly Tie[]): number {
  let [found, taken, area] = [0, 0, 0];
  for (const { churned, retained } of ties) {
    found += churned;
    taken += churned + retained;
    area += churned * (found / taken);
  }
  return area / found;
}

/** Rate among the first tenth ÷ rate of all; a tie that is cut is shared proportionally. */
function lift(ties: readonly Tie[]): number {
  const all = ties.reduce((sum, tie) => sum + tie.churned + tie.retained, 0);
  const base = ties.reduce((sum, tie) => sum + tie.churned, 0) / all;
  const tenth = Math.ceil(all / 10);
  let [left, found] = [tenth, 0];
  for (const { churned, retained } of ties) {
    const taken = Math.min(left, churned + retained);
    found += (taken * churned) / (churned + retained);
    left -= taken;
    if (left === 0) break;
  }
  return found / tenth / base;
}

/** Brier score, log-loss, and the expected calibration error over ten equal bins of rank. What a row loses is computed once. */
function errorsOf(
  { p, y }: Scored,
  order: Uint32Array,
): (weights: Weights) => Pick<Metrics, 'brier' | 'logloss' | 'ece'> {
  const missed = Float64Array.from(order, (row) => y[row]! - clipped(p[row]!));
  const lost = Float64Array.from(order, (row) => -Math.log(y[row] === 1 ? clipped(p[row]!) : 1 - clipped(p[row]!)));
  const inOrder = new Float64Array(order.length);
  return (weights) => {
    let [n, brier, logloss] = [0, 0, 0];
    for (let i = 0; i < order.length; i++) {
      const weight = weights[order[i]!]!;
      inOrder[i] = weight;
      n += weight;
      brier += weight * missed[i]! ** 2;
      logloss += weight * lost[i]!;
    }
    return { brier: brier / n, logloss: logloss / n, ece: calibrationError(missed, inOrder) };
  };
}

const BINS = 10;

/**
 * The expected calibration error over ten bins of equal weight, which begin at whole ones.
 * @param missed what happened − what was predicted, by rising prediction
 * @param weights in the same order
 */
export function calibrationError(missed: Float64Array, weights: Weights): number {
  const n = total(weights);
  let [error, inBin, rank, bin] = [0, 0, 0, 1];
  let end = Math.ceil(n / BINS);
  for (let i = 0; i < missed.length; i++) {
    let left = weights[i]!;
    while (left > 0) {
      while (rank >= end) {
        error += Math.abs(inBin);
        [bin, inBin] = [bin + 1, 0];
        end = bin < BINS ? Math.ceil((bin * n) / BINS) : Infinity;
      }
      const taken = Math.min(left, end - rank);
      inBin += taken * missed[i]!;
      rank += taken;
      left -= taken;
    }
  }
  return (error + Math.abs(inBin)) / n;
}
