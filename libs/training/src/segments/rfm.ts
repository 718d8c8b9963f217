// Recency, frequency, monetary value (Hughes 1994): what marketers sort customers by.
import { COUNTER, type Scale, unitDays } from '@holdfast/features';
import { DAY } from '@holdfast/schemas';

import { type AtRisk } from '../population.js';

/** log(1 + u-days since the last purchase), log(1 + purchases), log(1 + spend in usual orders). */
export type Rfm = readonly [recency: number, frequency: number, monetary: number];

/** As of the row's moment. */
export function rfmOf({ history, index, at }: AtRisk, scale: Scale): Rfm {
  const { w, at: knownAt } = history.moments[index]!;
  const recencyDays = Math.max(0, w[COUNTER.recencyDays]!) + (at - knownAt) / DAY;
  return [
    Math.log1p(recencyDays / unitDays(scale)),
    Math.log1p(w[COUNTER.orders]!),
    Math.log1p(w[COUNTER.spendMinor]! / scale.medianOrderMinor),
  ];
}
