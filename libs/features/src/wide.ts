// The wide features at any moment of silence: the tabular features of reference/protocol.md §4 that are known to work, with decayed
// counts in place of windows, as functions of (w, days since the record). All are log1p-like, unstandardised.
import { COUNTER as C, SERIES_START } from './counters.js';
import { decayFactors, HALF_LIVES, longestUsed, USED_HALF_LIVES } from './decay.js';
import { type Scale, scaledAmount, unitDays } from './scale.js';

const used = ['270', '90', '30', '10'] as const;

/** Features that change while nothing happens. */
const MOVING = [
  'silence', 'recency', 'age', 'tenure', 'cartRecency', 'refundRecency', 'couponRecency', 'gapMean', 'recencyOverGap',
  'recencyOverMaxGap', 'silenceOverSessionGap', 'rate', 'purchaseTrend',
  ...used.map((days) => `purchases${days}`), ...used.map((days) => `spend${days}`),
  ...used.map((days) => `activities${days}`), ...used.map((days) => `carts${days}`),
] as const; // prettier-ignore

const FIXED = [
  'orders', 'spend', 'meanOrder', 'lastOrder', 'meanItems', 'lastItems', 'gapDeviation', 'gapMax', 'gapEwma', 'gapLast',
  'span', 'oneTimer', 'activities', 'sessions', 'sessionGapMean', 'sessionGapDeviation', 'sessionGapMax', 'sessionGapEwma',
  'sessionGapLast', 'views', 'carts', 'cartAbandonRate', 'refunds', 'returnRate', 'refundedShare', 'couponRate',
] as const; // prettier-ignore

/** Names of the wide features, in order; days in the names are u-days. */
export const WIDE: readonly string[] = [...MOVING, ...FIXED];
export const WIDE_SIZE = WIDE.length;

const factors = new Float64Array(HALF_LIVES);

/** log(1 + v), 0 below 0. */
const log = (value: number): number => (value > 0 ? Math.log1p(value) : 0);

/**
 * Writes the wide features `daysSinceRecord` days after the record of `w`, if nothing happens meanwhile, to
 * `out[offset … offset + WIDE_SIZE)`. Negative days look back to the last activity of a record that was a notice.
 * @param w [COUNTERS.length]
 */
// eslint-disable-next-line max-params -- called for every knot: an options object would be garbage
export function wideAt(
  w: ArrayLike<number>,
  daysSinceRecord: number,
  scale: Scale,
  out: Float32Array,
  offset = 0,
): void {
  wideMoving(w, daysSinceRecord, scale, out, offset);
  wideFixed(w, scale, out, offset + MOVING.length);
}

/** The part of {@link wideAt} that silence changes: enough for every further moment once the whole has been written. */
// eslint-disable-next-line max-params -- as above
export function wideMoving(
  w: ArrayLike<number>,
  daysSinceRecord: number,
  scale: Scale,
  out: Float32Array,
  offset = 0,
): void {
  const unit = unitDays(scale);
  const days = daysSinceRecord / unit;
  /** u-days since something; `never` where it has not happened. */
  const since = (index: number, never: number): number => {
    const then = w[index]!;
    return then < 0 ? never : Math.max(0, then / unit + days);
  };
  const orders = w[C.orders]!;
  const tenure = since(C.tenureDays, 0);
  const silence = since(C.silenceDays, tenure);
  const recency = since(C.recencyDays, tenure);
  const age = since(C.ageDays, tenure);
  const repeated = orders > 1;
  const gapMean = repeated ? w[C.gapMeanDays]! / unit : age + 30;
  let i = offset;
  out[i++] = log(silence);
  out[i++] = log(recency);
  out[i++] = log(age);
  out[i++] = log(tenure);
  out[i++] = log(Math.min(360, since(C.cartRecencyDays, 360)));
  out[i++] = log(Math.min(360, since(C.refundRecencyDays, 360)));
  out[i++] = log(Math.min(360, since(C.couponRecencyDays, 360)));
  out[i++] = log(gapMean);
  out[i++] = log(recency / (gapMean + 1));
  out[i++] = log(repeated ? recency / (w[C.gapMaxDays]! / unit + 1) : recency / 30);
  out[i++] = log(silence / (w[C.sessionGapMeanDays]! / unit + 1));
  out[i++] = log((90 * orders) / (age + 30));

  decayFactors(daysSinceRecord, factors);
  const longest = longestUsed(unit);
  const decayed = (start: number, k: number): number => w[start + longest + k]! * factors[longest + k]!;
  out[i++] = decayed(SERIES_START.purchases, 1) / (decayed(SERIES_START.purchases, 0) + 1);
  for (let k = 0; k < USED_HALF_LIVES; k++) out[i++] = log(decayed(SERIES_START.purchases, k));
  for (let k = 0; k < USED_HALF_LIVES; k++) out[i++] = scaledAmount(decayed(SERIES_START.spend, k), scale);
  for (let k = 0; k < USED_HALF_LIVES; k++) out[i++] = log(decayed(SERIES_START.activities, k));
  for (let k = 0; k < USED_HALF_LIVES; k++) out[i++] = log(decayed(SERIES_START.carts, k));
}

function wideFixed(w: ArrayLike<number>, scale: Scale, out: Float32Array, offset: number): void {
  const unit = unitDays(scale);
  const orders = w[C.orders]!;
  const known = Math.max(1, orders);
  let i = offset;
  out[i++] = log(orders);
  out[i++] = scaledAmount(w[C.spendMinor]!, scale);
  out[i++] = scaledAmount(w[C.spendMinor]! / known, scale);
  out[i++] = scaledAmount(w[C.lastOrderMinor]!, scale);
  out[i++] = log(w[C.items]! / known);
  out[i++] = log(w[C.lastItems]!);
  out[i++] = log(w[C.gapDeviationDays]! / unit);
  out[i++] = log(w[C.gapMaxDays]! / unit);
  out[i++] = log(w[C.gapEwmaDays]! / unit);
  out[i++] = log(w[C.gapLastDays]! / unit);
  out[i++] = log((w[C.gapMeanDays]! * Math.max(0, orders - 1)) / unit);
  out[i++] = orders === 1 ? 1 : 0;
  out[i++] = log(w[C.activities]!);
  out[i++] = log(w[C.sessions]!);
  out[i++] = log(w[C.sessionGapMeanDays]! / unit);
  out[i++] = log(w[C.sessionGapDeviationDays]! / unit);
  out[i++] = log(w[C.sessionGapMaxDays]! / unit);
  out[i++] = log(w[C.sessionGapEwmaDays]! / unit);
  out[i++] = log(w[C.sessionGapLastDays]! / unit);
  out[i++] = log(w[C.views]!);
  out[i++] = log(w[C.carts]!);
  out[i++] = (w[C.cartEpisodes]! - w[C.cartsBought]!) / (w[C.cartEpisodes]! + 1);
  out[i++] = log(w[C.refunds]!);
  out[i++] = Math.min(3, w[C.refunds]! / known);
  out[i++] = Math.min(1, w[C.refundedMinor]! / Math.max(1, w[C.spendMinor]!));
  out[i++] = Math.min(3, w[C.coupons]! / known);
}
