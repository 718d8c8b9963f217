// What would have to happen: until when an act of the customer's would bring them to a better tier. Nothing is estimated: the act is applied
// to copies of their states as features and scoring would apply it, day by day.
import { applyEvent, COUNTER, countersAt, type CustomerFeatures } from '@holdfast/features';
import {
  type Artifact,
  crossingsAhead,
  LAPSED,
  lapseAt,
  LOW,
  type ScoringState,
  sigmoid,
  type TierRank,
} from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { judgedAt, scoreRecord } from './score-record.js';

/** What a customer might do: `purchase` an order of the usual size, or `view` a product, which is a visit. */
export const ACTS = ['purchase', 'view'] as const;
export type Act = (typeof ACTS)[number];

/** What one act would do. */
export interface Counterfactual {
  readonly act: Act;
  /** Where they stand without it. */
  readonly from: TierRank;
  /** Risk right after it, if it happened now. */
  readonly risk: number;
  /** Tier right after it, if it happened now. */
  readonly tier: TierRank;
  /** Whole days from now: on each of them the act would still lead to `tier` or a better one. */
  readonly withinDays: number;
}

/** A customer as features and scoring have saved them, after the same record. */
export interface Saved {
  readonly features: CustomerFeatures;
  readonly state: ScoringState;
  /** What drew the state's curve. */
  readonly artifact: Artifact;
}

/** The release by which the next record is judged: another one than drew the curve, when a promotion lies between. */
export interface Champion {
  readonly hash: string;
  readonly artifact: Artifact;
}

/**
 * What each act would do at `now`, which is no earlier than the newest record, and how long that stays so if nothing else happens; never beyond
 * the lapse. Empty for who stands low, has lapsed, or has never bought: there is nothing to mend.
 */
export function counterfactuals(saved: Saved, champion: Champion, now: Millis): Counterfactual[] {
  const from = tierInSilence(saved, now);
  if (saved.state.curve.length === 0 || from === LOW || from === LAPSED) return [];
  const after = (act: Act, at: Millis) => stateAfter(saved, champion, { act, at });
  const daysLeft = (lapseAt(saved.state, saved.artifact) - now) / DAY;
  return ACTS.map((act) => {
    const { tier, logitAfter } = after(act, now);
    let withinDays = 0;
    while (withinDays + 1 < daysLeft && after(act, now + (withinDays + 1) * DAY).tier <= tier) withinDays++;
    return { act, from, risk: sigmoid(logitAfter), tier, withinDays };
  });
}

/** The state in which an act at an instant would leave the customer. */
function stateAfter(
  saved: Saved,
  { hash, artifact }: Champion,
  { act, at }: { readonly act: Act; readonly at: Millis },
): ScoringState {
  const { features, state } = saved;
  const w = countersAt(features, features.asOf);
  const orders = Math.max(1, w[COUNTER.orders]!);
  const { record } = applyEvent(features, {
    messageId: '',
    shop: state.shop,
    customer: state.customer,
    type: act,
    occurredAt: at,
    receivedAt: at,
    origin: 'what-if',
    ...(act === 'purchase' && {
      amountMinor: w[COUNTER.spendMinor]! / orders,
      quantity: Math.max(1, w[COUNTER.items]! / orders),
    }),
  });
  return scoreRecord({ ...state, tier: tierInSilence(saved, at) }, record, {
    hash,
    artifact,
    drawnBy: saved.artifact,
    at: judgedAt(record, at),
  });
}

/** The tier that silence has led to by then. */
const tierInSilence = ({ state, artifact }: Saved, at: Millis): TierRank =>
  crossingsAhead(state, artifact, state.lastActivityAt).findLast((crossing) => crossing.at <= at)?.tier ?? state.tier;
