// Risks that have become too bold or too shy are calibrated anew (model.md §7): on one matured cohort, and it is worth serving only when a
// later one agrees. The network is the same, nobody is ranked differently, and thresholds go with the risks: the same customers are above
// them.
import { type Artifact, logit, sigmoid } from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { total } from './bootstrap.js';
import { calibrated, type Calibration, fitCalibration, type FittedCalibration } from './calibration.js';
import { fitHeldCalibration, SPREAD } from './held-calibration.js';
import { type Known } from './known.js';
import { effectiveSize } from './left-alone.js';
import { type ScoredCohort } from './matured-cohort.js';
import { contest, type Contest } from './promotion.js';
import { belowHigh, LEAST_HIGH, LEAST_MEDIUM } from './thresholds.js';

const MOST_HIGH = 0.99;

/** The same network with another calibration, against what is served. */
export interface Recalibration {
  readonly artifact: Artifact;
  /** On top of what is served. */
  readonly calibration: Calibration;
  /** Where it was fitted, and where it was judged. */
  readonly fittedAt: Millis;
  readonly judgedAt: Millis;
  readonly contest: Contest;
}

/** `learnt`: scored by the champion. Throws as {@link contest}. */
export function recalibrate(
  champion: Artifact,
  known: Omit<Known, 'from'>,
  { learnt, judgedAt }: { readonly learnt: ScoredCohort; readonly judgedAt: Millis },
): Recalibration {
  const calibration = fittedOn(learnt, champion);
  const { ranksOnly: _, ...stated } = calibrated(champion, calibration);
  const artifact = { ...stated, thresholds: moved(champion, calibration) };
  const result = contest({ champion, candidate: artifact }, known, [judgedAt]);
  return { artifact, calibration, fittedAt: learnt.at, judgedAt, contest: result };
}

/** Of what has only ranked so far the whole level is new, and no season's: that of other shops says nothing of this one. */
function fittedOn({ logits, y, weights }: ScoredCohort, { ranksOnly }: Artifact): FittedCalibration {
  if (!ranksOnly) return fitCalibration(logits, y, weights);
  const perCustomer = effectiveSize(weights) / total(weights); // who stands for ten knows no more than one
  const held = { logits, y, weights: weights.map((weight) => weight * perCustomer) };
  return { ...fitHeldCalibration(held, SPREAD), shift: 0 };
}

/** Within what thresholds may be at all. */
function moved({ thresholds, hysteresis }: Artifact, { slope, level }: Calibration): Artifact['thresholds'] {
  const risk = (threshold: number) => Math.round(sigmoid(slope * logit(threshold) + level) * 1e5) / 1e5;
  const high = Math.min(MOST_HIGH, Math.max(LEAST_HIGH, risk(thresholds.high)));
  return { high, medium: Math.max(LEAST_MEDIUM, belowHigh(risk(thresholds.medium), high, hysteresis)) };
}
