// From histories to a release: fit, calibrate, choose thresholds, evaluate. Pure: the same input and seed give the same bytes.
import { type Artifact } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { alertsOf, alertStream, type AlertStream, type AlertSummary, summarise } from './alerts.js';
import { evaluate, type Evaluation, logitsOf, slopesOf } from './evaluation.js';
import { fit, type FitOptions, type Fitted } from './fit.js';
import { fitRfm } from './models/lr-rfm.js';
import { type LstmWeight } from './networks/lstm.js';
import { type AtRisk, atRiskAt } from './population.js';
import { rowsOf } from './rows.js';
import { artifactOf, SERVED } from './served.js';
import { chooseThresholds, type ChosenThreshold } from './thresholds.js';

/** What the caller knows of the data. */
export interface DataFacts {
  readonly name: string;
  readonly events: number;
  readonly customers: number;
  /** First and last event, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** SHA-256 of the events. */
  readonly hash: string;
}

/** Alerts of one tier in the H days before a test cut-off. */
export interface AlertRow {
  readonly tier: 'medium' | 'high';
  readonly at: number;
  readonly summary: AlertSummary;
}

/** A release and everything its report says. */
export interface Release {
  readonly artifact: Artifact;
  readonly data: DataFacts;
  readonly fitted: Omit<Fitted<LstmWeight>, 'weights' | 'scaler'>;
  /** Period whose labels were learnt from, epoch milliseconds. */
  readonly trained: { readonly from: number; readonly until: number };
  readonly validation: { readonly at: number; readonly customers: number; readonly baseRate: number };
  readonly thresholds: Record<'medium' | 'high', ChosenThreshold>;
  readonly evaluations: readonly Evaluation[];
  readonly alerts: readonly AlertRow[];
}

/** Trains and evaluates. Throws `RangeError` when there is too little to learn from. */
export async function trainRelease(options: FitOptions, data: DataFacts): Promise<Release> {
  const { histories, split, horizonDays, seed } = options;
  const { weights, scaler, ...fitted } = await fit(options, SERVED);
  const draft: Artifact = {
    ...artifactOf(weights, { ...options, scaler, medianOrderMinor: fitted.medianOrderMinor }),
    calibration: { slope: round(fitted.slope) },
    dataHash: data.hash,
  };
  const validation = atRiskAt(histories, split.validation, options);
  const training = split.cutoffs.flatMap((at) => atRiskAt(histories, at, options));
  const rows = (population: readonly AtRisk[]) => rowsOf(population, { horizonDays, types: [] });
  const rfm = fitRfm({ training: rows(training), validation: rows(validation) });
  const score = logitsOf(draft, rfm);
  const validationLogits = score(validation);
  const slopes = slopesOf(validationLogits, validation);

  const streamBefore = (at: Millis) => alertStream(draft, histories, { from: at - horizonDays * DAY, until: at });
  const scored = { baseRate: rate(validation), logits: validationLogits.served };
  const thresholds = chooseThresholds(draft, streamBefore(split.validation), scored);
  const evaluations = split.tests.map((at) => {
    const population = atRiskAt(histories, at, options);
    return evaluate(population, score(population), slopes, { seed, horizonDays });
  });
  // In the H days before a test cut-off, of which nothing was known when they were chosen.
  const alerts = split.tests.flatMap((at) => alertRows(draft, thresholds, streamBefore(at)));
  const artifact: Artifact = {
    ...draft,
    thresholds: { medium: thresholds.medium.risk, high: thresholds.high.risk },
    metrics: metricsOfRelease(evaluations),
  };
  return {
    artifact,
    data,
    fitted,
    trained: { from: split.trainFrom, until: split.trainUntil + horizonDays * DAY },
    validation: { at: split.validation, customers: validation.length, baseRate: rate(validation) },
    thresholds,
    evaluations,
    alerts,
  };
}

/** In this order in every release. */
const RELEASE_METRICS = ['auc', 'prauc', 'brier', 'logloss', 'ece'] as const;

const rate = (rows: readonly AtRisk[]): number => rows.filter((one) => one.churned).length / rows.length;

/** What the thresholds do in a stream. */
function alertRows(artifact: Artifact, thresholds: Release['thresholds'], stream: AlertStream): AlertRow[] {
  return (['medium', 'high'] as const).map((tier) => ({
    tier,
    at: stream.period.until,
    summary: summarise(alertsOf(artifact, stream, thresholds[tier].risk), stream),
  }));
}

/** Short enough for the artifact: value and interval of each metric of each method at each cut-off. */
function metricsOfRelease(evaluations: readonly Evaluation[]): Record<string, unknown> {
  const rows = evaluations.map(({ at, customers, baseRate, methods }) => ({
    at: new Date(at).toISOString(),
    customers,
    baseRate: round(baseRate),
    methods: Object.fromEntries(
      Object.entries(methods).map(([method, metrics]) => [
        method,
        Object.fromEntries(
          RELEASE_METRICS.map((name) => {
            const { value, low, high } = metrics[name];
            return [name, [value, low, high].map(round)];
          }),
        ),
      ]),
    ),
  }));
  return { tests: rows };
}

const round = (value: number): number => Math.round(value * 1e5) / 1e5;
