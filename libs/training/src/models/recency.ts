// The rule every shop knows: the longer ago the last purchase, the likelier gone. p = rec / (rec + 90), rec in u-days.
import { type Rows } from '../rows.js';
import { COLUMN } from '../tabular-features.js';
import { type ChurnModel } from './churn-model.js';

/** Raw logits of the rule. */
export const recencyLogits = ({ x: { values, columns }, y }: Rows): Float64Array =>
  Float64Array.from(y, (_, i) => Math.log(Math.max(values[i * columns + COLUMN.rec]!, 1e-4) / 90));

export const recency: ChurnModel = {
  key: 'recency',
  name: 'recency rule',
  isSeeded: false,
  fit: () => ({ chosen: {}, logits: recencyLogits }),
};
