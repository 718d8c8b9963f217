// The silence at which a curve first reaches a threshold: the inversion of its linear pieces in log(1 + s),
//   log(1 + s*) = log(1 + s₀) + (θ − l₀)/(l₁ − l₀) · (log(1 + s₁) − log(1 + s₀)).
import { logitAt } from './curve.js';

/** A stretch of silence, days: from < s ≤ until. */
export interface Stretch {
  readonly fromDays: number;
  readonly untilDays: number;
}

/**
 * First silence in days within the stretch at which the curve is at or above `thresholdLogit`; `fromDays` itself when it already
 * is there; null when that never happens.
 * @param curve [K], never falling
 */
export function crossingOf(
  knots: readonly number[],
  curve: ArrayLike<number>,
  thresholdLogit: number,
  { fromDays, untilDays }: Stretch,
): number | null {
  if (fromDays > untilDays) return null;
  if (logitAt(knots, curve, fromDays) >= thresholdLogit) return fromDays;
  for (let k = 1; k < knots.length; k++) {
    if (knots[k]! <= fromDays || curve[k]! < thresholdLogit) continue;
    const [low, high] = [curve[k - 1]!, curve[k]!];
    const [start, end] = [Math.log1p(knots[k - 1]!), Math.log1p(knots[k]!)];
    const share = high > low ? (thresholdLogit - low) / (high - low) : 0;
    const days = Math.expm1(start + Math.min(1, Math.max(0, share)) * (end - start));
    const within = Math.min(knots[k]!, Math.max(days, fromDays));
    return within <= untilDays ? within : null;
  }
  return null;
}
