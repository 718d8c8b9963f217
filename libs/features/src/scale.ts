// Release-dependent units. Durations are divided by u = H/90 ("u-days": the horizon is always 90 of them) and amounts by the
// shop's median order, so that what was learnt on one shop's rhythm and prices transfers to another.

/** What the raw numbers of a record are measured in once they enter a network. Belongs to the model artifact. */
export interface Scale {
  /** H: churn means no purchase within this many days. > 0 */
  readonly horizonDays: number;
  /** Median order of the training data, minor units of the base currency. > 0 */
  readonly medianOrderMinor: number;
}

/** Days in one u-day. Throws `RangeError` when the horizon is not a positive number. */
export function unitDays(scale: Scale): number {
  if (!(scale.horizonDays > 0)) throw new RangeError(`horizonDays must be above 0, not ${scale.horizonDays}`);
  return scale.horizonDays / 90;
}

/** log(1 + 20 · amount / median order): log-like from a twentieth of an order upwards. */
export const scaledAmount = (amountMinor: number, scale: Scale): number =>
  Math.log1p((20 * Math.max(0, amountMinor)) / scale.medianOrderMinor);
