// Recency, frequency and money of customers at risk.
import { type Rfm, rfmAt, type Scale } from '@holdfast/features';
import { DAY } from '@holdfast/schemas';

import { type AtRisk } from '../population.js';

/** As of the row's moment. */
export function rfmOf({ history, index, at }: AtRisk, scale: Scale): Rfm {
  const { w, at: knownAt } = history.moments[index]!;
  return rfmAt(w, (at - knownAt) / DAY, scale);
}
