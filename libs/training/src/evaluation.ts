// The table: all methods on the same rows, calibrated alike at validation, with customer bootstrap intervals, paired
// differences, and calibration by silence.
import { type Artifact, sigmoid } from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { bySilence, type SilenceBucket } from './by-silence.js';
import { type Calibration, fitCalibration, UNCALIBRATED } from './calibration.js';
import { drawn, type Drawn, type Estimate, estimates, minus, resamples } from './bootstrap.js';
import { type Metrics, ranked, type Scored } from './metrics.js';
import { type FittedModel } from './models/churn-model.js';
import { recencyLogits } from './models/recency.js';
import { type AtRisk } from './population.js';
import { randomFor } from './random.js';
import { type Rows, rowsOf } from './rows.js';
import { servedLogits } from './served.js';

const RESAMPLES = 500;
export const METHODS = ['served', 'lr_rfm', 'recency'] as const;
export type Method = (typeof METHODS)[number];
type ByMethod<T> = Readonly<Record<Method, T>>;

/** Raw logits of each method on some rows. */
export type LogitsOf = (population: readonly AtRisk[]) => ByMethod<Float64Array>;

/** Scores with all methods: the served network (whose own calibration is in the artifact), and the baselines. */
export const logitsOf =
  (artifact: Artifact, rfm: FittedModel): LogitsOf =>
  (population) => ({
    served: servedLogits(artifact, population),
    ...ruleLogits(rfm, rowsOf(population, { horizonDays: artifact.horizonDays, types: [] })),
  });

const ruleLogits = (rfm: FittedModel, rows: Rows) => ({ lr_rfm: rfm.logits(rows), recency: recencyLogits(rows) });

const labels = (population: readonly AtRisk[]): Uint8Array => Uint8Array.from(population, (one) => Number(one.churned));

/** Calibrations of all methods from validation; the served network has its own already. */
export function calibrationsOf(logits: ByMethod<Float64Array>, validation: readonly AtRisk[]): ByMethod<Calibration> {
  const y = labels(validation);
  return {
    served: UNCALIBRATED,
    lr_rfm: fitCalibration(logits.lr_rfm, y),
    recency: fitCalibration(logits.recency, y),
  };
}

/** One cut-off. */
export interface Evaluation {
  readonly at: Millis;
  readonly customers: number;
  readonly baseRate: number;
  readonly methods: ByMethod<Record<keyof Metrics, Estimate>>;
  /** Served minus lr_rfm, paired over the same resamples. */
  readonly difference: { readonly auc: Estimate; readonly logloss: Estimate };
  readonly bySilence: readonly SilenceBucket[];
}

/** Evaluates all methods at one cut-off. */
export function evaluate(
  population: readonly AtRisk[],
  logits: ByMethod<Float64Array>,
  calibrations: ByMethod<Calibration>,
  { seed, horizonDays }: { readonly seed: number; readonly horizonDays: number },
): Evaluation {
  const y = labels(population);
  const at = population[0]?.at ?? 0;
  const samples = resamples(population.length, RESAMPLES, randomFor(seed, `resamples ${at}`));
  const scored = byMethod((method): Scored => {
    const { slope, level } = calibrations[method];
    return { p: logits[method].map((logit) => sigmoid(slope * logit + level)), y };
  });
  const draws = byMethod((method) => drawn(ranked(scored[method]), samples));
  return {
    at,
    customers: population.length,
    baseRate: y.reduce((sum, label) => sum + label, 0) / y.length,
    methods: byMethod((method) => estimates(draws[method])),
    difference: differences(draws.served, draws.lr_rfm),
    bySilence: bySilence(population, scored.served, horizonDays),
  };
}

const byMethod = <T>(of: (method: Method) => T): Record<Method, T> =>
  Object.fromEntries(METHODS.map((method) => [method, of(method)])) as Record<Method, T>;

function differences(a: Drawn<keyof Metrics>, b: Drawn<keyof Metrics>): Evaluation['difference'] {
  const { auc, logloss } = estimates(minus(a, b));
  return { auc, logloss };
}
