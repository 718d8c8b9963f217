// The risk events: a customer has crossed into a worse tier, or recovered from one.
import {
  type Artifact,
  LAPSED,
  lapseAt,
  logitOf,
  reasonsFor,
  type ScoringState,
  sigmoid,
  silenceDaysAt,
  thresholdOf,
  type TierRank,
} from '@holdfast/model';
import { factorsOf, forecastOf, segmentAt } from '@holdfast/risk';
import { DAY, type Millis, type Origin, ORIGINS, type RiskEvent, TIERS, toIso } from '@holdfast/schemas';

import { thresholdsVersionOf } from './thresholds-version.js';

/** How a tier came to change. */
export interface TierChange {
  /** The instant it became true. */
  readonly at: Millis;
  readonly from: TierRank;
  readonly cause: 'event' | 'silence';
}

/** The event that tells of a change; `state` is the customer in the new tier. */
export function riskChange(state: ScoringState, artifact: Artifact, { at, from, cause }: TierChange): RiskEvent {
  const riskLogit = logitOf(state, artifact, at);
  const risk = sigmoid(riskLogit);
  const worse = state.tier > from;
  const factors = factorsOf(state, artifact, at);
  const segment = segmentAt(state, artifact, at);
  const horizonEnd = at + artifact.horizonDays * DAY;
  return {
    type: worse ? 'churn.risk.crossed.v1' : 'churn.risk.recovered.v1',
    shop: state.shop,
    customer: state.customer,
    at,
    ...(worse
      ? { expiresAt: state.tier === LAPSED ? horizonEnd : Math.min(horizonEnd, lapseAt(state, artifact)) }
      : {}),
    data: {
      origin: originOf(state, at),
      tier: { from: TIERS[from], to: TIERS[state.tier] },
      threshold: thresholdOf(artifact, state.tier),
      thresholdsVersion: thresholdsVersionOf(artifact),
      risk,
      ...(artifact.ranksOnly && { ranksOnly: true }),
      cause,
      silenceDays: silenceDaysAt(state, at),
      forecast: forecastOf(state, artifact, at).map((next) => ({
        tier: TIERS[next.tier],
        at: toIso(next.at),
        ...(next.probability !== null && { probability: next.probability }),
        ...(next.uncertainty && {
          uncertainty: { earliest: toIso(next.uncertainty.earliest), latest: toIso(next.uncertainty.latest) },
        }),
      })),
      valueAtRiskMinor: Math.round(risk * state.meanOrderMinor),
      orders: state.orders,
      ...(segment !== null && { segment }),
      reasons: reasonsFor(state, riskLogit),
      ...(factors.length > 0 && { factors }),
      model: state.model,
    },
  };
}

/** Replayed customers never lead to contacts; of imported ones, only what happens after the import does. */
function originOf(state: ScoringState, at: Millis): Origin {
  const origin = ORIGINS[state.origin];
  if (origin === undefined) {
    throw new RangeError(`origin must be the place of one of ${ORIGINS.join(', ')}, not ${state.origin}`);
  }
  if (origin === 'replay' || origin === 'what-if') return origin;
  return at <= state.importedAt ? 'import' : 'live';
}
