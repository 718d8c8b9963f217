// Customers who were scored a horizon ago: what became of them is the one sure sign of whether risks are still true (model.md §7).
import { type Artifact, sigmoid } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { eceByChance } from './ece-by-chance.js';
import { type Known } from './known.js';
import { drawn, type Estimate, estimates, resamples, total, type Weights } from './bootstrap.js';
import { effectiveSize, isEnough, leftAlone, type LeftAlone } from './left-alone.js';
import { DECISIVE, type Decisive, ranked } from './metrics.js';
import { atRiskAt } from './population.js';
import { randomFor } from './random.js';
import { servedLogits } from './served.js';

const RESAMPLES = 500;
/** No risk is surer, or one customer could cost everything. */
const TINY = 1e-6;

/** How a release did on everybody at risk at a moment whose outcome is known, had nobody been contacted. */
export interface MaturedCohort extends Pick<LeftAlone, 'contacted' | 'unrepresented'> {
  readonly at: Millis;
  /** Who were left alone. */
  readonly customers: number;
  /** So many who all count once would tell as much. */
  readonly effective: number;
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
export interface ScoredCohort extends LeftAlone {
  readonly at: Millis;
  readonly logits: Float64Array;
  readonly y: Uint8Array;
}

/** Customers at risk at a moment who were left alone. */
export const aloneAt = (
  artifact: Pick<Artifact, 'horizonDays' | 'activeDays'>,
  { histories, drawsOf }: Pick<Known, 'histories' | 'drawsOf'>,
  at: Millis,
): LeftAlone => leftAlone(atRiskAt(histories, at, artifact), drawsOf, artifact.horizonDays);

/** `null`: there are too few customers, or too few of a class, to tell anything. */
export function scoredCohort(
  artifact: Artifact,
  { at, alone }: { readonly at: Millis; readonly alone: LeftAlone },
): ScoredCohort | null {
  const y = Uint8Array.from(alone.population, ({ churned }) => Number(churned));
  return isEnough(alone, y) ? { ...alone, at, logits: servedLogits(artifact, alone.population), y } : null;
}

/** How good the risks of a cohort were. */
export function judgeCohort({ at, logits, y, weights, contacted, unrepresented }: ScoredCohort): MaturedCohort {
  const risks = logits.map((logit) => Math.min(1 - TINY, Math.max(TINY, sigmoid(logit))));
  const samples = resamples(y.length, RESAMPLES, randomFor(0, `cohort ${at}`));
  const rates = { logloss: risks.map((p, i) => -Math.log(y[i] === 1 ? p : 1 - p)), expected: risks.map(entropy) };
  const levels = (counts: Weights) => {
    let [observed, expected] = [0, 0];
    for (let i = 0; i < y.length; i++) {
      observed += counts[i]! * (1 - y[i]!);
      expected += counts[i]! * (1 - risks[i]!);
    }
    const excess = weighted(rates.logloss, counts) / weighted(rates.expected, counts) - 1;
    return { observedOverExpected: observed / expected, excess };
  };
  return {
    at,
    customers: y.length,
    effective: effectiveSize(weights),
    contacted,
    unrepresented,
    churned: weighted(Float64Array.from(y), weights) / total(weights),
    ...estimates(drawn(levels, samples, weights)),
    metrics: estimates(drawn(ranked({ p: risks, y }, DECISIVE), samples, weights)),
    eceByChance: eceByChance(risks, weights, randomFor(0, `ece ${at}`)),
  };
}

/** Of one whose risk is p, in nats. */
const entropy = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
const weighted = (values: Float64Array, weights: Weights): number =>
  values.reduce((sum, value, i) => sum + weights[i]! * value, 0);
