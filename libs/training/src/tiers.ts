// Thresholds of a network, chosen before validation, and what they did later.
import { type Artifact } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { alertsOf, alertStream, type AlertStream, type AlertSummary, summarise } from './alerts.js';
import { freshness, type FreshnessTable } from './freshness.js';
import { type ChurnTask } from './models/churn-model.js';
import { servedLogits } from './served.js';
import { chooseThresholds, type ChosenThreshold } from './thresholds.js';

export type Thresholds = Readonly<Record<'medium' | 'high', ChosenThreshold>>;

/** Alerts of one tier in the H days before a test cut-off. */
export interface AlertRow {
  readonly tier: 'medium' | 'high';
  readonly at: Millis;
  readonly summary: AlertSummary;
}

/** The H days before a moment: their outcomes are known H days after it. `trackedUntil`: see {@link alertStream}. */
const streamBefore = (
  artifact: Artifact,
  { histories, horizonDays }: ChurnTask,
  at: Millis,
  trackedUntil = at,
): AlertStream => alertStream(artifact, histories, { from: at - horizonDays * DAY, until: at }, trackedUntil);

/** Before each test cut-off; what becomes of customers is followed until they lapse, or the data end. */
export const testStreams = (artifact: Artifact, task: ChurnTask): AlertStream[] =>
  task.split.tests.map((at) => streamBefore(artifact, task, at, at + task.activeDays * DAY));

/** `artifact`: calibrated. */
export function thresholdsFor(artifact: Artifact, task: ChurnTask): Thresholds {
  const { population, y } = task.validation;
  const baseRate = y.reduce((sum, label) => sum + label, 0) / y.length;
  const scored = { baseRate, logits: servedLogits(artifact, population) };
  return chooseThresholds(artifact, streamBefore(artifact, task, task.split.validation), scored);
}

/** What thresholds did in streams of which nothing was known when they were chosen. */
export const alertRows = (artifact: Artifact, thresholds: Thresholds, streams: readonly AlertStream[]): AlertRow[] =>
  streams.flatMap((stream) =>
    (['medium', 'high'] as const).map((tier) => ({
      tier,
      at: stream.period.until,
      summary: summarise(alertsOf(artifact, stream, thresholds[tier].risk), stream),
    })),
  );

/** Of the high tier. */
export const freshnessIn = (
  artifact: Artifact,
  { high }: Thresholds,
  streams: readonly AlertStream[],
): FreshnessTable[] => streams.map((stream) => freshness(artifact, stream, high.risk));
