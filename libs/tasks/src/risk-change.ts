// The risk events: a customer has crossed into a worse tier, or recovered from one.
import {
  type Artifact,
  LAPSED,
  lapseAt,
  logitOf,
  reasonsFor,
  type ScoringState,
  thresholdOf,
  type TierRank,
} from '@holdfast/model';
import { factorsOf, forecastOf } from '@holdfast/risk';
import { DAY, type Millis, type RiskData, type RiskEvent, TIERS } from '@holdfast/schemas';

import { crossingData, situationOf } from './situation.js';

/** How a tier came to change. */
export interface TierChange {
  /** The instant it became true. */
  readonly at: Millis;
  readonly from: TierRank;
  readonly cause: 'event' | 'silence';
}

/** The event that tells of a change; `state` is the customer in the new tier. */
export function riskChange(state: ScoringState, artifact: Artifact, change: TierChange): RiskEvent {
  const { at, from } = change;
  const worse = state.tier > from;
  const horizonEnd = at + artifact.horizonDays * DAY;
  return {
    type: worse ? 'churn.risk.crossed.v1' : 'churn.risk.recovered.v1',
    shop: state.shop,
    customer: state.customer,
    at,
    ...(worse
      ? { expiresAt: state.tier === LAPSED ? horizonEnd : Math.min(horizonEnd, lapseAt(state, artifact)) }
      : {}),
    data: riskDataOf(state, artifact, change),
  };
}

/** What a risk event says; `state` is the customer in the tier that it leads to. */
export function riskDataOf(state: ScoringState, artifact: Artifact, { at, from, cause }: TierChange): RiskData {
  const factors = factorsOf(state, artifact, at);
  return {
    ...situationOf(state, artifact, at),
    tier: { from: TIERS[from], to: TIERS[state.tier] },
    threshold: thresholdOf(artifact, state.tier),
    cause,
    forecast: forecastOf(state, artifact, at).map((next) => ({ tier: TIERS[next.tier], ...crossingData(next) })),
    reasons: reasonsFor(state, logitOf(state, artifact, at)),
    ...(factors.length > 0 && { factors }),
  };
}
