// What is to come if a customer does nothing: the crossings ahead, how likely each is to be reached before they act, and how sure the network is of
// its instant. Given the network the instant is certain; what is not is whether they stay silent, and the network.
import { COUNTERS, WIDE_SIZE } from '@holdfast/features';
import {
  type Artifact,
  arrivalInputs,
  arrivalOf,
  type Crossing,
  crossingOf,
  crossingsAhead,
  headDeviations,
  instantOfSilence,
  LAPSED,
  logit,
  quietUntil,
  type ScoringState,
  silenceDaysAt,
  thresholdOf,
  writeArrivalInputs,
} from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { wideAtSilence } from './wide-at-silence.js';

/** A crossing ahead. */
export interface Forecast extends Crossing {
  /** Of reaching it without another visit before, as of the forecast and once the present visit is over; null: the release does not say. */
  readonly probability: number | null;
  /** Between these, eighteen of twenty heads that the network might as well have would cross (`latest` null: not before the lapse); null: the instant is exact, or they cannot be asked. */
  readonly uncertainty: { readonly earliest: Millis; readonly latest: Millis | null } | null;
}

/** The crossings ahead of `now`, in order. @param artifact what drew the state's curve */
export const forecastOf = (state: ScoringState, artifact: Artifact, now: Millis): Forecast[] =>
  crossingsAhead(state, artifact, now).map(forecaster(state, artifact, now));

/** What is to be said at `now` of a crossing ahead. @param artifact what drew the state's curve */
export function forecaster(state: ScoringState, artifact: Artifact, now: Millis): (crossing: Crossing) => Forecast {
  if (state.counters.length !== COUNTERS.length || artifact.wideSize !== WIDE_SIZE)
    return ({ tier, at }) => ({ tier, at, probability: null, uncertainty: null });
  const quiet = quietOf(state, artifact, now);
  return ({ tier, at }) => ({
    ...{ tier, at, probability: quiet(at) },
    uncertainty: tier === LAPSED ? null : uncertaintyOf(state, artifact, { now, crossing: { tier, at } }),
  });
}

/** Probability of no visit from `now` until an instant. */
function quietOf(state: ScoringState, artifact: Artifact, now: Millis): (until: Millis) => number | null {
  const inputs = new Float32Array(arrivalInputs(artifact));
  writeArrivalInputs(artifact, { h: state.h, wide: wideAtSilence(state, artifact, 0) }, inputs);
  const arrival = arrivalOf(artifact, inputs);
  return (until) => arrival && quietUntil(arrival, silenceDaysAt(state, now), silenceDaysAt(state, until));
}

/** When, of the twenty heads, the second and the last but one would cross. */
function uncertaintyOf(
  state: ScoringState,
  artifact: Artifact,
  { now, crossing }: { readonly now: Millis; readonly crossing: Crossing },
): Forecast['uncertainty'] {
  const threshold = logit(thresholdOf(artifact, crossing.tier)!);
  const silenceDays = silenceDaysAt(state, crossing.at);
  const known = { h: state.h, silenceDays, wide: wideAtSilence(state, artifact, silenceDays) };
  const stretch = { fromDays: silenceDaysAt(state, now), untilDays: artifact.activeDays };
  const deviations = headDeviations(artifact, known).sort();
  // A head's curve is taken to lie as far from the network's all along as it does at the crossing: the higher, the earlier it crosses.
  const instant = (deviation: number): Millis | null => {
    const days = crossingOf(artifact.knotsDays, state.curve, threshold - deviation, stretch);
    return days === null ? null : instantOfSilence(state, days);
  };
  // Of a curve that only just gets there, hardly another head's does.
  return { earliest: instant(deviations.at(-2)!) ?? crossing.at, latest: instant(deviations[1]!) };
}
