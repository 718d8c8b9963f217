// Where the tiers begin, chosen on the alert stream of the H days before validation ends: the lowest risk whose alerts were right often
// enough; where no risk is, or too few alerts remain to know, the risk that keeps the stream within what people can handle.
import { type Artifact, sigmoid } from '@holdfast/model';

import { type Alert, alertsOf, type AlertSummary, type Period, type RiskTrack, summarise } from './alerts.js';

/** What a tier must keep: a share of right alerts, else a load. */
export interface TierRule {
  readonly precision: number;
  /** Alerts per 1,000 customers at risk and week, when the precision cannot be had. */
  readonly perThousandWeek: number;
}

export const HIGH_RULE: TierRule = { precision: 0.7, perThousandWeek: 20 };
export const MEDIUM_RULE: TierRule = { precision: 0.55, perThousandWeek: 45 };
/** Fewer alerts than this say nothing about precision. */
const MIN_ALERTS = 20;
const CANDIDATES = 80;

/** A threshold, how it came about, and what it did where it was chosen. */
export interface ChosenThreshold {
  readonly risk: number;
  readonly by: 'precision' | 'capacity';
  readonly summary: AlertSummary;
}

/** What choosing needs besides the artifact. */
export interface AlertStream {
  readonly tracks: readonly RiskTrack[];
  readonly period: Period;
  /** Customers at risk in the period, on average. */
  readonly atRisk: number;
  /** Calibrated logits of a population, whose quantiles are the candidates. */
  readonly logits: Float64Array;
}

interface Tried {
  readonly risk: number;
  readonly alerts: readonly Alert[];
  readonly summary: AlertSummary;
}

/** Chooses both thresholds; medium stays below high by more than the hysteresis, so that a tier can be left for the one below. */
export function chooseThresholds(artifact: Artifact, stream: AlertStream): Record<'medium' | 'high', ChosenThreshold> {
  const tried = candidates(stream.logits).map((risk): Tried => {
    const alerts = alertsOf(artifact, stream.tracks, risk, stream.period);
    return { risk, alerts, summary: summarise(alerts, stream.atRisk, stream.period) };
  });
  const high = choose(tried, HIGH_RULE);
  const below = tried.filter(({ risk }) => risk < high.risk - artifact.hysteresis && risk > 2 * artifact.hysteresis);
  const medium = choose(below.length > 0 ? below : tried, MEDIUM_RULE);
  return { medium, high };
}

function choose(tried: readonly Tried[], rule: TierRule): ChosenThreshold {
  const known = tried.filter(({ alerts }) => alerts.length >= MIN_ALERTS);
  const precise = known.find(({ summary }) => summary.precision >= rule.precision);
  if (precise) return { risk: precise.risk, by: 'precision', summary: precise.summary };
  const bearable = tried.find(({ summary }) => summary.perThousandWeek <= rule.perThousandWeek) ?? tried.at(-1)!;
  return { risk: bearable.risk, by: 'capacity', summary: bearable.summary };
}

/** Rising, distinct risks within .06 … .97: quantiles of the scores, where customers are. */
function candidates(logits: Float64Array): number[] {
  const sorted = [...logits].sort((a, b) => a - b);
  const risks = Array.from({ length: CANDIDATES }, (_, i) => {
    const risk = sigmoid(sorted[Math.floor((i * (sorted.length - 1)) / (CANDIDATES - 1))] ?? 0);
    return Math.round(Math.min(0.97, Math.max(0.06, risk)) * 1_000) / 1_000;
  });
  return [...new Set(risks)];
}
