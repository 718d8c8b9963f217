// The raw wide vector w of a record: everything the release-dependent features are computed from, as of one instant. Days and
// minor units, −1 where something never happened.
import { DAY, type Millis } from '@holdfast/schemas';

import { type CustomerFeatures, SERIES } from './customer-features.js';
import { decayFactors, HALF_LIVES, HALF_LIVES_DAYS } from './decay.js';
import { gapDeviation, meanGap } from './gaps.js';

const PLAIN = [
  'silenceDays', 'recencyDays', 'ageDays', 'tenureDays', 'cartRecencyDays', 'refundRecencyDays', 'couponRecencyDays',
  'orders', 'spendMinor', 'lastOrderMinor', 'items', 'lastItems', 'gapMeanDays', 'gapDeviationDays', 'gapMaxDays',
  'gapEwmaDays', 'gapLastDays', 'activities', 'sessions', 'sessionGapMeanDays', 'sessionGapDeviationDays',
  'sessionGapMaxDays', 'sessionGapEwmaDays', 'sessionGapLastDays', 'views', 'carts', 'cartEpisodes', 'cartsBought',
  'refunds', 'refundedMinor', 'coupons',
] as const; // prettier-ignore

/** Names of w, in order. `purchases/30` is the count of purchases decayed with a half-life of 30 days. */
export const COUNTERS: readonly string[] = [
  ...PLAIN,
  ...SERIES.flatMap((series) => HALF_LIVES_DAYS.map((days) => `${series}/${Number(days.toFixed(2))}`)),
];

/** Position of a plain counter in w. */
export const COUNTER = Object.fromEntries(PLAIN.map((name, i) => [name, i])) as Record<(typeof PLAIN)[number], number>;

/** Position of the first half-life of a series in w. */
export const SERIES_START = Object.fromEntries(
  SERIES.map((series, i) => [series, PLAIN.length + i * HALF_LIVES]),
) as Record<(typeof SERIES)[number], number>;

const factors = new Float64Array(HALF_LIVES);

/** Five decimals: under a second of a day, and short on the wire. */
const round = (value: number): number => Math.round(value * 1e5) / 1e5;

/** w at `at` ≥ `state.asOf` if nothing happens until then. */
export function countersAt(state: CustomerFeatures, at: Millis): number[] {
  const since = (then: Millis): number => (then === 0 ? -1 : Math.max(0, (at - then) / DAY));
  const { purchaseGaps, sessionGaps } = state;
  const spanDays = state.orders > 0 ? (state.lastPurchaseAt - state.firstPurchaseAt) / DAY : 0;
  const w = [
    since(state.lastActivityAt), since(state.lastPurchaseAt), since(state.firstPurchaseAt), since(state.firstSeenAt),
    since(state.lastCartAt), since(state.lastRefundAt), since(state.lastCouponAt),
    state.orders, state.spend, state.lastAmount, state.items, state.lastItems,
    // Over the span, not over the gaps: right for late purchases too, which leave no gap.
    state.orders > 1 ? spanDays / (state.orders - 1) : 0,
    gapDeviation(purchaseGaps), purchaseGaps.max, purchaseGaps.ewma, purchaseGaps.last,
    state.activities, state.sessions,
    meanGap(sessionGaps), gapDeviation(sessionGaps), sessionGaps.max, sessionGaps.ewma, sessionGaps.last,
    state.views, state.carts, state.cartEpisodes, state.cartsBought, state.refunds, state.refunded, state.coupons,
  ]; // prettier-ignore
  decayFactors(Math.max(0, at - state.asOf) / DAY, factors);
  const { decayed } = state;
  for (let i = 0; i < decayed.length; i++) w.push(decayed[i]! * factors[i % HALF_LIVES]!);
  for (let i = 0; i < w.length; i++) w[i] = round(w[i]!);
  return w;
}
