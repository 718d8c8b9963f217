// The events that take crossings back.
import { type Artifact, type PastCrossing, type ScoringState, type TierRank } from '@holdfast/model';
import { type Millis, type RiskData, type RiskEvent, toIso } from '@holdfast/schemas';

import { riskDataOf } from './risk-change.js';

interface TakenBack {
  /** The customer without them. */
  readonly state: ScoringState;
  readonly artifact: Artifact;
  readonly at: Millis;
  /** The tier that the customer was last told to be in, and the one that they are told to be in instead. */
  readonly from: TierRank;
  readonly to: TierRank;
  readonly outage?: RiskData['outage'];
}

/** One of each, in their order; what changes of the tier is told by the last. */
export const correctionsOf = (
  crossings: readonly PastCrossing[],
  { state, artifact, at, from, to, outage }: TakenBack,
): RiskEvent[] =>
  crossings.map((crossing, i) => {
    const isLast = i === crossings.length - 1;
    const told = { ...state, tier: isLast ? to : from };
    const data = riskDataOf(told, artifact, { at, from, cause: 'silence' });
    return {
      ...{ type: 'churn.risk.corrected.v1', shop: state.shop, customer: state.customer, at },
      data: { ...data, corrects: toIso(crossing.at), ...(outage && { outage }) },
    };
  });
