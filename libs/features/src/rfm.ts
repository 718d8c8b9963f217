// Recency, frequency, monetary value (Hughes 1994): what marketers sort customers by.
import { COUNTER } from './counters.js';
import { type Scale, unitDays } from './scale.js';

/** log(1 + u-days since the last purchase), log(1 + purchases), log(1 + spend in usual orders). */
export type Rfm = readonly [recency: number, frequency: number, monetary: number];

/**
 * `daysSinceRecord` days after the record of `w`, if nothing happens meanwhile.
 * @param w [COUNTERS.length]
 */
export const rfmAt = (w: ArrayLike<number>, daysSinceRecord: number, scale: Scale): Rfm => [
  Math.log1p((Math.max(0, w[COUNTER.recencyDays]!) + daysSinceRecord) / unitDays(scale)),
  Math.log1p(w[COUNTER.orders]!),
  Math.log1p(w[COUNTER.spendMinor]! / scale.medianOrderMinor),
];
