// From histories to a release: fit, calibrate, choose thresholds, evaluate. Pure: the same input and seed give the same bytes.
import { type Artifact } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { fitArrivals } from './arrivals.js';
import { churnTask } from './churn-task.js';
import { calibrationsOf, evaluate, type Evaluation, logitsOf } from './evaluation.js';
import { type FreshnessTable } from './freshness.js';
import { type History } from './history.js';
import { fitRfm } from './models/lr-rfm.js';
import { networkFor, type NetworkOptions, type Origin } from './network-for.js';
import { type AtRisk, atRiskAt, type Definition } from './population.js';
import { rfmOf } from './segments/rfm-of.js';
import { fitSegmentation } from './segments/segmentation.js';
import { type Split } from './split.js';
import { type AlertRow, alertRows, freshnessIn, testStreams, type Thresholds, thresholdsFor } from './tiers.js';

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

/** A release and everything its report says. */
export interface Release {
  readonly artifact: Artifact;
  readonly data: DataFacts;
  /** Hash of the release that it began with; null: it began with nothing. */
  readonly from: string | null;
  /** That one was tested later than this one is, or the prior has learnt from the same data: it may know what this one is tested on. */
  readonly isFromLater: boolean;
  readonly origin: Origin;
  /** Period whose labels were learnt from, epoch milliseconds. */
  readonly trained: { readonly from: number; readonly until: number };
  readonly validation: { readonly at: number; readonly customers: number; readonly baseRate: number };
  readonly thresholds: Thresholds;
  readonly evaluations: readonly Evaluation[];
  readonly alerts: readonly AlertRow[];
  /** Of the high tier, before each test cut-off. */
  readonly freshness: readonly FreshnessTable[];
}

/** What to learn from, and how it is steered and heard from. */
export interface ReleaseOptions extends Definition, NetworkOptions {
  readonly histories: readonly History[];
  readonly split: Split;
  /** Hash of `from`, for the report. */
  readonly fromHash?: string;
}

/**
 * Trains and evaluates. Throws `RangeError` when there is too little to learn from, and `Error` when it was to stop before there was a
 * network.
 */
export async function trainRelease(options: ReleaseOptions, data: DataFacts): Promise<Release> {
  const { histories, split, horizonDays, seed } = options;
  const task = churnTask(histories, options, split);
  const { artifact: network, origin } = await networkFor(task, options);
  const arrivals = fitArrivals(network, histories, {
    from: split.trainFrom,
    until: split.trainUntil,
    knownUntil: split.trainUntil + horizonDays * DAY,
  });
  const draft: Artifact = { ...network, ...(arrivals && { arrivals }), dataHash: data.hash };
  const validation = task.validation.population;
  const score = logitsOf(draft, fitRfm(task));
  const calibrations = calibrationsOf(score(validation), validation);
  const thresholds = thresholdsFor(draft, task);
  // No outcome is looked at: the newest customers may be taken.
  const segmentation = fitSegmentation(validation.map((row) => rfmOf(row, draft.scale)), 0); // prettier-ignore
  const streams = testStreams(draft, task);
  const evaluations = split.tests.map((at) => {
    const population = atRiskAt(histories, at, options);
    return evaluate(population, score(population), calibrations, { seed, horizonDays });
  });
  const artifact: Artifact = {
    ...draft,
    thresholds: { medium: thresholds.medium.risk, high: thresholds.high.risk },
    segmentation,
    metrics: {
      ...draft.metrics,
      ...metricsOfRelease(evaluations),
      ...(origin.kind === 'cold start' && { prior: origin.prior.hash }),
    },
  };
  return {
    artifact,
    data,
    from: options.fromHash ?? null,
    isFromLater:
      (options.from !== undefined && firstTestOf(options.from) > Math.min(...split.tests)) ||
      (origin.kind === 'cold start' && origin.prior.shops.some(({ dataHash }) => dataHash === data.hash)),
    origin,
    trained: { from: split.trainFrom, until: split.trainUntil + horizonDays * DAY },
    validation: { at: split.validation, customers: validation.length, baseRate: rate(validation) },
    thresholds,
    evaluations,
    alerts: alertRows(draft, thresholds, streams),
    freshness: freshnessIn(draft, thresholds, streams),
  };
}

/** Its first test: what it learnt from was known before. */
function firstTestOf({ metrics }: Artifact): number {
  const { tests = [] } = metrics as { readonly tests?: readonly { readonly at: string }[] };
  return Math.min(...tests.map(({ at }) => Date.parse(at)));
}

/** In this order in every release. */
const RELEASE_METRICS = ['auc', 'prauc', 'brier', 'logloss', 'ece'] as const;

const rate = (rows: readonly AtRisk[]): number => rows.filter((one) => one.churned).length / rows.length;

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
