// What every risk event says of where a customer stands.
import { type Artifact, logitOf, type ScoringState, sigmoid, silenceDaysAt } from '@holdfast/model';
import { type Forecast, segmentAt } from '@holdfast/risk';
import { type ForecastData, type Millis, type Origin, ORIGINS, toIso } from '@holdfast/schemas';

import { thresholdsVersionOf } from './thresholds-version.js';

type Situation = Omit<ForecastData, 'tier' | 'threshold' | 'leadDays' | 'forecast' | 'crossing' | 'supersedes'>;

export function situationOf(state: ScoringState, artifact: Artifact, at: Millis): Situation {
  const risk = sigmoid(logitOf(state, artifact, at));
  const segment = segmentAt(state, artifact, at);
  return {
    origin: originOf(state, at),
    thresholdsVersion: thresholdsVersionOf(artifact),
    risk,
    ...(artifact.ranksOnly && { ranksOnly: true }),
    silenceDays: silenceDaysAt(state, at),
    valueAtRiskMinor: Math.round(risk * state.meanOrderMinor),
    orders: state.orders,
    ...(segment !== null && { segment }),
    model: state.model,
  };
}

/** A crossing ahead, as it is written. */
export const crossingData = ({ at, probability, uncertainty }: Forecast) => ({
  at: toIso(at),
  ...(probability !== null && { probability }),
  ...(uncertainty && {
    uncertainty: {
      earliest: toIso(uncertainty.earliest),
      latest: uncertainty.latest === null ? null : toIso(uncertainty.latest),
    },
  }),
});

/** Replayed customers never lead to contacts; of imported ones, only what happens after the import does. */
function originOf(state: ScoringState, at: Millis): Origin {
  const origin = ORIGINS[state.origin];
  if (origin === undefined) {
    throw new RangeError(`origin must be the place of one of ${ORIGINS.join(', ')}, not ${state.origin}`);
  }
  if (origin === 'replay' || origin === 'what-if') return origin;
  return at <= state.importedAt ? 'import' : 'live';
}
