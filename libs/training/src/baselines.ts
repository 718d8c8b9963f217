// The two methods every shop already has, on the same rows: the recency rule, and logistic regression on recency, frequency,
// monetary value and age (reference/protocol.md §5).
import { COUNTER } from '@holdfast/features';
import { sigmoid } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { fitLogistic, logisticLogit, type LogisticModel } from './logistic.js';
import { metricsOf } from './metrics.js';
import { type AtRisk } from './population.js';

const STRENGTHS = [0.003, 0.03, 0.3, 3] as const;
const signedLog = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

/** rec, n, sumV, age at the moment of scoring; durations in u-days (H is always 90 of them). */
function rfm(one: AtRisk, horizonDays: number): number[] {
  const moment = one.history.moments[one.index]!;
  const since = (one.at - moment.at) / DAY;
  const uDays = (days: number) => (Math.max(0, days) + since) / (horizonDays / 90);
  const { w } = moment;
  return [uDays(w[COUNTER.recencyDays]!), w[COUNTER.orders]!, w[COUNTER.spendMinor]! / 100, uDays(w[COUNTER.ageDays]!)];
}

/** Logit of p = rec / (rec + 90). */
export function recencyLogit(one: AtRisk, horizonDays: number): number {
  const recency = rfm(one, horizonDays)[0]!;
  return Math.log(Math.max(recency, 1e-4) / 90);
}

/** Logistic regression on RFM, with the strength of its penalty chosen on validation log-loss. */
export interface RfmModel {
  readonly model: LogisticModel;
  readonly strength: number;
}

/** Fits on the stacked rows of all training cut-offs. */
export function fitRfm(training: readonly AtRisk[], validation: readonly AtRisk[], horizonDays: number): RfmModel {
  const rows = training.map((one) => rfm(one, horizonDays).map(signedLog));
  const y = training.map((one) => Number(one.churned));
  const tried = STRENGTHS.map((strength) => {
    const model = fitLogistic(rows, y, strength);
    const p = Float64Array.from(validation, (one) => sigmoid(rfmLogit(model, one, horizonDays)));
    const { logloss } = metricsOf({ p, y: Uint8Array.from(validation, (one) => Number(one.churned)) });
    return { model, strength, logloss };
  });
  return tried.reduce((best, next) => (next.logloss < best.logloss ? next : best));
}

/** Logit of churn of one customer. */
export const rfmLogit = (model: LogisticModel, one: AtRisk, horizonDays: number): number =>
  logisticLogit(model, rfm(one, horizonDays).map(signedLog));
