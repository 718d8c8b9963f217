// Where the tiers begin, chosen on the alert stream of the H days before validation, never on test. An alert must be right clearly more
// often than a customer picked at random, so floors lie between the base rate and certainty (for the high tier as in
// reference/protocol.md §6). A tier begins at the lowest risk at which the isotonic regression of precision on risk holds the floor:
// precision must not fall with risk, so whatever falls or rises against that is pooled with its neighbours, and no single candidate decides.
import { type Artifact, sigmoid } from '@holdfast/model';

import { alertsOf, type AlertStream, type AlertSummary, summarise } from './alerts.js';
import { enough, lowestHolding, mostPrecise, type Tried } from './threshold-rules.js';

/** What a tier must keep: a share of right alerts, else a load. */
export interface TierRule {
  /** Least precision. */
  readonly precision: number;
  /** Least way from the base rate to certainty: floor = base + way · (1 − base). */
  readonly way: number;
  /** Most alerts per 1,000 customers at risk and week, when the precision cannot be had. */
  readonly perThousandWeek: number;
}

export const HIGH_RULE: TierRule = { precision: 0.7, way: 0.5, perThousandWeek: 20 };
export const MEDIUM_RULE: TierRule = { precision: 0.5, way: 0.25, perThousandWeek: 45 };
const CANDIDATES = 80;
/** No tier begins below these, however loyal the shop's customers. */
export const LEAST_MEDIUM = 0.1;
export const LEAST_HIGH = 0.2;
const LEAST_GAP = 0.001;

/** Medium, as far below high at least as it takes to leave high for medium. */
export const belowHigh = (medium: number, high: number, hysteresis: number): number =>
  Math.round(Math.min(medium, high - hysteresis - LEAST_GAP) * 1e5) / 1e5;

/** A threshold, how it came about, and what it did where it was chosen. */
export interface ChosenThreshold {
  readonly risk: number;
  readonly by: 'precision' | 'capacity' | 'rank';
  /** Precision asked for. */
  readonly floor: number;
  readonly summary: AlertSummary;
}

/** Who was at risk where thresholds are chosen. */
export interface ScoredAtRisk {
  /** Share of them that churned. */
  readonly baseRate: number;
  /** Their calibrated logits, whose quantiles are the candidates. */
  readonly logits: Float64Array;
}

/** Chooses both thresholds; medium stays below high by more than the hysteresis, so that a tier can be left for the one below. */
export function chooseThresholds(
  artifact: Artifact,
  stream: AlertStream,
  { baseRate, logits }: ScoredAtRisk,
): Record<'medium' | 'high', ChosenThreshold> {
  const tried = tryAll(artifact, stream, logits);
  const high = choose(
    tried.filter(({ risk }) => risk >= LEAST_HIGH),
    HIGH_RULE,
    baseRate,
  );
  const medium = choose(
    tried.filter(({ risk }) => risk < high.risk - artifact.hysteresis),
    MEDIUM_RULE,
    baseRate,
  );
  return { medium, high };
}

/** `tried`: rising risks, at least one. */
function choose(tried: readonly Tried[], rule: TierRule, baseRate: number): ChosenThreshold {
  const floor = Math.max(rule.precision, baseRate + rule.way * (1 - baseRate));
  const known = enough(tried);
  const lowest = lowestHolding(known, floor);
  if (lowest) return { ...lowest, by: 'precision', floor };
  const bearable = known.filter(({ summary }) => summary.perThousandWeek <= rule.perThousandWeek);
  const chosen = mostPrecise(bearable);
  // Shops too small to know: the riskiest third of what was scored.
  return chosen
    ? { ...chosen, by: 'capacity', floor }
    : { ...tried[Math.floor((2 * tried.length) / 3)]!, by: 'rank', floor };
}

/** What candidates would do, by rising risk. `logits`: see {@link ScoredAtRisk}. */
export const tryAll = (artifact: Artifact, stream: AlertStream, logits: Float64Array): Tried[] =>
  candidates(logits).map((risk) => tryOne(artifact, stream, risk));

/** What one threshold would do. */
export const tryOne = (artifact: Artifact, stream: AlertStream, risk: number): Tried => ({
  risk,
  summary: summarise(alertsOf(artifact, stream, risk), stream),
});

/** Rising, distinct risks within .1 … .99: quantiles of the scores, where customers are, and the least of each tier. */
function candidates(logits: Float64Array): number[] {
  const sorted = [...logits].sort((a, b) => a - b);
  const quantiles = Array.from({ length: CANDIDATES }, (_, i) => {
    const risk = sigmoid(sorted[Math.floor((i * (sorted.length - 1)) / (CANDIDATES - 1))] ?? 0);
    return Math.round(Math.min(0.99, Math.max(LEAST_MEDIUM, risk)) * 1_000) / 1_000;
  });
  return [...new Set([LEAST_MEDIUM, LEAST_HIGH, ...quantiles])].sort((a, b) => a - b);
}
