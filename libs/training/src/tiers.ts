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

/** The H days before a moment: their outcomes are known H days after it. */
const streamBefore = (artifact: Artifact, { histories, horizonDays }: ChurnTask, at: Millis): AlertStream =>
  alertStream(artifact, histories, { from: at - horizonDays * DAY, until: at });

/** `artifact`: with its slope. */
export function thresholdsFor(artifact: Artifact, task: ChurnTask): Thresholds {
  const { population, y } = task.validation;
  const baseRate = y.reduce((sum, label) => sum + label, 0) / y.length;
  const scored = { baseRate, logits: servedLogits(artifact, population) };
  return chooseThresholds(artifact, streamBefore(artifact, task, task.split.validation), scored);
}

/** What they did before each test cut-off, of which nothing was known when they were chosen. */
export function alertRows(artifact: Artifact, thresholds: Thresholds, task: ChurnTask): AlertRow[] {
  return task.split.tests.flatMap((at) => {
    const stream = streamBefore(artifact, task, at);
    return (['medium', 'high'] as const).map((tier) => ({
      tier,
      at,
      summary: summarise(alertsOf(artifact, stream, thresholds[tier].risk), stream),
    }));
  });
}

/** Of the high tier, before each test cut-off; what became of its customers is followed until they lapse, or the data end. */
export const freshnessAtTests = (artifact: Artifact, { high }: Thresholds, task: ChurnTask): FreshnessTable[] =>
  task.split.tests.map((at) => {
    const period = { from: at - task.horizonDays * DAY, until: at };
    const stream = alertStream(artifact, task.histories, period, at + task.activeDays * DAY);
    return freshness(artifact, stream, high.risk);
  });
