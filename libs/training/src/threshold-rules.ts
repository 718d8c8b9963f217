// By what a threshold can be chosen among those that were tried: how often its alerts were right, how many there were, what they earned.
import { type AlertSummary } from './alerts.js';

/** A threshold, and what it did. */
export interface Tried {
  readonly risk: number;
  readonly summary: AlertSummary;
}

/** Fewer alerts than this say little about precision (one standard error is .07). */
export const MIN_ALERTS = 50;
/** Those that say something about precision. */
export const enough = (tried: readonly Tried[]): Tried[] => tried.filter(({ summary }) => summary.alerts >= MIN_ALERTS);

/**
 * Lowest of the rising `known` at which precision, fitted rising with risk and weighted by alerts, is at least `floor`: where the right
 * alerts beyond the floor, summed from the highest risk down, are most. There the raw precision holds the floor too.
 */
export function lowestHolding(known: readonly Tried[], floor: number): Tried | null {
  let beyond = 0;
  let most = 0;
  let lowest: Tried | null = null;
  for (const one of known.toReversed()) {
    beyond += one.summary.alerts * (one.summary.precision - floor);
    if (beyond < most) continue;
    most = beyond;
    lowest = one;
  }
  return lowest;
}

/** The one whose alerts were right most often. */
export const mostPrecise = (tried: readonly Tried[]): Tried | null =>
  tried.reduce<Tried | null>(
    (best, one) => (best && best.summary.precision >= one.summary.precision ? best : one),
    null,
  );

/** The lowest risk whose alerts, if there are enough, were right so often. `tried`: by rising risk. */
export const lowestPrecise = (tried: readonly Tried[], precision: number): Tried | null =>
  enough(tried).find(({ summary }) => summary.precision >= precision) ?? null;

/**
 * The lowest risk with at most so many alerts per 1,000 customers at risk and week, as no higher one has more: where everybody is in the
 * tier already, nobody comes to it. `tried`: by rising risk.
 */
export function fullest(tried: readonly Tried[], perThousandWeek: number): Tried | null {
  let lowest: Tried | null = null;
  for (const one of tried.toReversed()) {
    if (one.summary.perThousandWeek > perThousandWeek) break;
    lowest = one;
  }
  return lowest;
}

/** What alerts cost and bring, in one currency. */
export interface Economics {
  /** Margin of a customer who stays, over the horizon. */
  readonly margin: number;
  /** Of a contact with its incentive, whomever it reaches. */
  readonly cost: number;
  /** Share of those who would have left that a contact keeps: what the hold-out measures. */
  readonly saved: number;
}

/** Expected earnings of all alerts. */
export const profitOf = ({ alerts, precision }: AlertSummary, { margin, cost, saved }: Economics): number =>
  alerts === 0 ? 0 : alerts * (precision * saved * margin - cost);

/** The one that would have earned most; `null`: all would have lost. */
export function mostProfitable(tried: readonly Tried[], economics: Economics): Tried | null {
  let best: Tried | null = null;
  for (const one of tried) {
    const profit = profitOf(one.summary, economics);
    if (profit > (best ? profitOf(best.summary, economics) : 0)) best = one;
  }
  return best;
}
