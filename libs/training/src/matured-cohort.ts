// Customers who were scored a horizon ago: what became of them is the one sure sign of whether risks are still true (model.md §7).
import { type Artifact, sigmoid } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { eceByChance } from './ece-by-chance.js';
import { type History } from './history.js';
import { drawn, type Estimate, estimates, resamples } from './bootstrap.js';
import { DECISIVE, type Decisive, ranked } from './metrics.js';
import { type AtRisk, atRiskAt } from './population.js';
import { randomFor } from './random.js';
import { servedLogits } from './served.js';

const RESAMPLES = 500;
const FEWEST_ROWS = 50;
/** No risk is surer, or one customer could cost everything. */
const TINY = 1e-6;
/** Fewer of a class say nothing. */
const FEWEST_OF_A_CLASS = 10;

/** How a release did on everybody at risk at a moment whose outcome is known. */
export interface MaturedCohort {
  readonly at: Millis;
  readonly customers: number;
  /** Share of them that churned. */
  readonly churned: number;
  /** Those who bought ÷ those of whom it was expected. */
  readonly observedOverExpected: Estimate;
  readonly metrics: Readonly<Record<Decisive, Estimate>>;
  /** Log-loss ÷ what it would be on the average were the risks exactly right, − 1. */
  readonly excess: Estimate;
  /** ECE that chance alone stays below 95 times of 100. */
  readonly eceByChance: number;
}

/** The newest moments whose outcome is known and that have a horizon of history before them, H apart, oldest first. */
export const maturedMoments = (
  { horizonDays }: Pick<Artifact, 'horizonDays'>,
  { from, until }: { readonly from: Millis; readonly until: Millis },
  most: number,
): Millis[] => {
  const newest = Math.floor((until - horizonDays * DAY) / DAY) * DAY;
  const moments = Array.from({ length: most }, (_, i) => newest - (most - 1 - i) * horizonDays * DAY);
  return moments.filter((at) => at >= from + horizonDays * DAY);
};

/** Customers at risk, and what a release says of them. */
export interface ScoredCohort {
  readonly at: Millis;
  readonly population: readonly AtRisk[];
  readonly logits: Float64Array;
  readonly y: Uint8Array;
}

/** `null`: there are too few customers, or too few of a class, to tell anything. */
export function scoredCohort(artifact: Artifact, histories: readonly History[], at: Millis): ScoredCohort | null {
  const population = atRiskAt(histories, at, artifact);
  const y = Uint8Array.from(population, ({ churned }) => Number(churned));
  const churned = y.reduce((sum, label) => sum + label, 0);
  if (y.length < FEWEST_ROWS || Math.min(churned, y.length - churned) < FEWEST_OF_A_CLASS) return null;
  return { at, population, logits: servedLogits(artifact, population), y };
}

/** How good the risks of a cohort were. */
export function judgeCohort({ at, logits, y }: ScoredCohort): MaturedCohort {
  const risks = logits.map((logit) => Math.min(1 - TINY, Math.max(TINY, sigmoid(logit))));
  const samples = resamples(y.length, RESAMPLES, randomFor(0, `cohort ${at}`));
  const rates = { logloss: risks.map((p, i) => -Math.log(y[i] === 1 ? p : 1 - p)), expected: risks.map(entropy) };
  const levels = (weights: Uint16Array) => {
    let [observed, expected] = [0, 0];
    for (let i = 0; i < y.length; i++) {
      observed += weights[i]! * (1 - y[i]!);
      expected += weights[i]! * (1 - risks[i]!);
    }
    const excess = weighted(rates.logloss, weights) / weighted(rates.expected, weights) - 1;
    return { observedOverExpected: observed / expected, excess };
  };
  return {
    at,
    customers: y.length,
    churned: y.reduce((sum, label) => sum + label, 0) / y.length,
    ...estimates(drawn(levels, samples)),
    metrics: estimates(drawn(ranked({ p: risks, y }, DECISIVE), samples)),
    eceByChance: eceByChance(risks, randomFor(0, `ece ${at}`)),
  };
}

/** Of one whose risk is p, in nats. */
const entropy = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
const weighted = (values: Float64Array, weights: Uint16Array): number =>
  values.reduce((sum, value, i) => sum + weights[i]! * value, 0);
