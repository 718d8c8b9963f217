// Thresholds a step towards those that a training would choose now: on the newest alerts whose outcome is known, and only where those of
// the horizon before ask for a step in the same direction.
import { type Artifact } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { alertStream } from './alerts.js';
import { type Known } from './known.js';
import { isAnybodyContacted } from './left-alone.js';
import { aloneAt, scoredCohort } from './matured-cohort.js';
import { belowHigh, type ChosenThreshold, chooseThresholds } from './thresholds.js';

/** Most that a threshold moves at a time. */
const STEP = 0.05;
/** Less is not worth a release. */
const LEAST_STEP = 0.02;
type Tiers = Artifact['thresholds'];

export interface ThresholdStep {
  readonly artifact: Artifact;
  /** Where the newest alerts would have them. */
  readonly wanted: Tiers;
}

/** `null`: they stay, or there is too little to tell, as where customers were contacted: of those who were alerted hardly any were left alone. */
export function thresholdStep(artifact: Artifact, known: Known): ThresholdStep | null {
  const horizon = artifact.horizonDays * DAY;
  const [newest, earlier] = [1, 2].map((horizons) => chosenBefore(artifact, known, known.until - horizons * horizon));
  if (!newest || !earlier) return null;
  const step = (tier: keyof Tiers): number => {
    const now = artifact.thresholds[tier];
    const [wish, confirmed] = [newest[tier], earlier[tier]].map(({ by, risk }) => (by === 'rank' ? 0 : risk - now));
    if (Math.abs(wish!) < LEAST_STEP || wish! * confirmed! <= 0) return now;
    return Math.round((now + Math.max(-STEP, Math.min(STEP, wish!))) * 1e3) / 1e3;
  };
  const high = step('high');
  const medium = belowHigh(step('medium'), high, artifact.hysteresis);
  if (high === artifact.thresholds.high && medium === artifact.thresholds.medium) return null;
  return {
    artifact: { ...artifact, thresholds: { medium, high } },
    wanted: { medium: newest.medium.risk, high: newest.high.risk },
  };
}

/** As a training chooses them, on the alerts of the H days before `end`. */
function chosenBefore(
  artifact: Artifact,
  known: Known,
  end: Millis,
): Readonly<Record<keyof Tiers, ChosenThreshold>> | null {
  const horizon = artifact.horizonDays * DAY;
  const start = end - horizon;
  if (start < known.from || isAnybodyContacted(known, end + horizon)) return null;
  const cohort = scoredCohort(artifact, { at: end, alone: aloneAt(artifact, known, end) });
  if (!cohort) return null;
  const baseRate = cohort.y.reduce((sum, label) => sum + label, 0) / cohort.y.length;
  const stream = alertStream(artifact, known.histories, { from: start, until: end });
  return chooseThresholds(artifact, stream, { baseRate, logits: cohort.logits });
}
