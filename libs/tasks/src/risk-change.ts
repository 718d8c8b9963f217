// The risk events: a customer has crossed into a worse tier, or recovered from one.
import {
  type Artifact,
  LAPSED,
  lapseAt,
  logitOf,
  type PastCrossing,
  reasonsFor,
  type ScoringState,
  thresholdOf,
  type TierRank,
} from '@holdfast/model';
import { factorsOf, forecastOf } from '@holdfast/risk';
import { DAY, type Millis, type RiskData, type RiskEvent, TIERS, toIso } from '@holdfast/schemas';

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

/** The event that takes a crossing back; `state` is the customer without it. */
export function correction(
  state: ScoringState,
  artifact: Artifact,
  {
    at,
    crossing,
    outage,
  }: { readonly at: Millis; readonly crossing: PastCrossing; readonly outage?: RiskData['outage'] },
): RiskEvent {
  const { shop, customer } = state;
  const data = riskDataOf(state, artifact, { at, from: crossing.to, cause: 'silence' });
  return {
    ...{ type: 'churn.risk.corrected.v1', shop, customer, at },
    data: { ...data, corrects: toIso(crossing.at), ...(outage && { outage }) },
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
