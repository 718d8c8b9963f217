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

/** Of the twenty heads, in order of their instants, the second and the last but one. */
function uncertaintyOf(
  state: ScoringState,
  artifact: Artifact,
  { now, crossing }: { readonly now: Millis; readonly crossing: Crossing },
): Forecast['uncertainty'] {
  const threshold = logit(thresholdOf(artifact, crossing.tier)!);
  const silenceDays = silenceDaysAt(state, crossing.at);
  const known = { h: state.h, silenceDays, wide: wideAtSilence(state, artifact, silenceDays) };
  const stretch = { fromDays: silenceDaysAt(state, now), untilDays: artifact.activeDays };
  // A head's curve is taken to lie as far from the network's all along as it does at the crossing.
  const days = Array.from(
    headDeviations(artifact, known),
    (deviation) => crossingOf(artifact.knotsDays, state.curve, threshold - deviation, stretch) ?? Infinity,
  ).sort((a, b) => a - b);
  const instant = (silence: number) => instantOfSilence(state, silence);
  const [earliest, latest] = [days[1]!, days.at(-2)!];
  return { earliest: instant(earliest), latest: latest < Infinity ? instant(latest) : null };
}
