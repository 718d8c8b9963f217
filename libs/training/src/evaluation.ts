// The table: all methods on the same rows, calibrated alike (a slope from validation), with customer bootstrap intervals, paired
// differences, and calibration by silence.
import { type Artifact, sigmoid } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { type RfmModel, recencyLogit, rfmLogit } from './baselines.js';
import { fitSlope } from './calibration.js';
import { type Estimate, estimate, type Metrics, metricsOf, percentile, resamples, type Scored } from './metrics.js';
import { type AtRisk } from './population.js';
import { randomFor } from './random.js';
import { servedLogits } from './served.js';

const RESAMPLES = 500;
export const METHODS = ['served', 'lr_rfm', 'recency'] as const;
export type Method = (typeof METHODS)[number];
type ByMethod<T> = Readonly<Record<Method, T>>;

/** Raw logits of each method on some rows. */
export type LogitsOf = (population: readonly AtRisk[]) => ByMethod<Float64Array>;

/** Scores with all methods: the served network (whose own slope is in the artifact), and the baselines. */
export const logitsOf =
  (artifact: Artifact, { model }: RfmModel): LogitsOf =>
  (population) => ({
    served: servedLogits(artifact, population),
    lr_rfm: Float64Array.from(population, (one) => rfmLogit(model, one, artifact.horizonDays)),
    recency: Float64Array.from(population, (one) => recencyLogit(one, artifact.horizonDays)),
  });

const labels = (population: readonly AtRisk[]): Uint8Array => Uint8Array.from(population, (one) => Number(one.churned));

/** Slopes of all methods from validation; the served network has its own already. */
export function slopesOf(logits: ByMethod<Float64Array>, validation: readonly AtRisk[]): ByMethod<number> {
  const y = labels(validation);
  return { served: 1, lr_rfm: fitSlope(logits.lr_rfm, y), recency: fitSlope(logits.recency, y) };
}

/** How far off the served risk is for customers who were silent for so long. */
export interface SilenceBucket {
  readonly fromDays: number;
  readonly untilDays: number;
  readonly customers: number;
  readonly predicted: number;
  readonly observed: number;
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
  slopes: ByMethod<number>,
  { seed, horizonDays }: { readonly seed: number; readonly horizonDays: number },
): Evaluation {
  const y = labels(population);
  const at = population[0]?.at ?? 0;
  const samples = resamples(population.length, RESAMPLES, randomFor(seed, `resamples ${at}`));
  const scored = Object.fromEntries(
    METHODS.map((method) => [method, { p: logits[method].map((l) => sigmoid(slopes[method] * l)), y }]),
  ) as Record<Method, Scored>;
  const methods = Object.fromEntries(METHODS.map((method) => [method, estimate(scored[method], samples)])) as Record<
    Method,
    Record<keyof Metrics, Estimate>
  >;
  return {
    at,
    customers: population.length,
    baseRate: y.reduce((sum, label) => sum + label, 0) / y.length,
    methods,
    difference: differences(scored.served, scored.lr_rfm, samples),
    bySilence: bySilence(population, scored.served, horizonDays),
  };
}

function differences(a: Scored, b: Scored, samples: readonly Int32Array[]): Evaluation['difference'] {
  const minus = (one: Scored, other: Scored) => {
    const [left, right] = [metricsOf(one), metricsOf(other)];
    return { auc: left.auc - right.auc, logloss: left.logloss - right.logloss };
  };
  const draws = samples.map((rows) => minus(take(a, rows), take(b, rows)));
  const value = minus(a, b);
  const interval = (name: 'auc' | 'logloss'): Estimate => {
    const sorted = draws.map((draw) => draw[name]).sort((x, y) => x - y);
    return { value: value[name], low: percentile(sorted, 0.025), high: percentile(sorted, 0.975) };
  };
  return { auc: interval('auc'), logloss: interval('logloss') };
}

const take = ({ p, y }: Scored, rows: Int32Array): Scored => ({
  p: Float64Array.from(rows, (row) => p[row]!),
  y: Uint8Array.from(rows, (row) => y[row]!),
});

/** Edges in u-days. */
const EDGES = [0, 15, 30, 60, 90, 180.001] as const;

function bySilence(population: readonly AtRisk[], { p, y }: Scored, horizonDays: number): SilenceBucket[] {
  const unit = horizonDays / 90;
  const silence = population.map(
    ({ history, index, at }) => (at - history.moments[index]!.lastActivityAt!) / DAY / unit,
  );
  return EDGES.slice(1).map((edge, k) => {
    const rows = silence.flatMap((s, i) => (s >= EDGES[k]! && s < edge ? [i] : []));
    const mean = (values: ArrayLike<number>) => rows.reduce((sum, i) => sum + values[i]!, 0) / rows.length;
    return {
      fromDays: EDGES[k]! * unit,
      untilDays: Math.floor(edge) * unit,
      customers: rows.length,
      predicted: mean(p),
      observed: mean(y),
    };
  });
}
