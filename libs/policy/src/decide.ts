// From a crossing to a decision: eligible or not, then the arm, then what will be sent and until when it is judged.
import { type Arm, type Channel, DAY, type Millis, type Origin } from '@holdfast/schemas';

import { assignArm } from './assignment.js';
import { unitKey } from './customer-book.js';
import { type Circumstances, type Crossing, eligibility, isSimulated, type SkipReason } from './eligibility.js';
import { type Playbook } from './playbooks.js';

/** One row of the ledger. Amounts in minor units of the base currency. */
export interface Decision {
  /** Risk event and playbook: the same in every replay. */
  readonly id: string;
  readonly shop: string;
  readonly customer: string;
  readonly playbook: string;
  readonly origin: Origin;
  readonly isSimulated: boolean;
  readonly arm: Arm;
  /** Probability of this arm. */
  readonly propensity: number;
  /** First decision of this customer and playbook: the one by which the effect is measured. */
  readonly isUnit: boolean;
  readonly channel: Channel;
  readonly discountPercent: number | null;
  readonly costMinor: number;
  readonly at: Millis;
  readonly sendAt: Millis;
  readonly expiresAt: Millis | null;
  readonly openUntil: Millis;
  readonly maturesAt: Millis;
  readonly risk: number;
  /** Known before the decision, so fit for variance reduction. */
  readonly priorOrders: number;
  readonly priorSpendMinor: number;
}

export type Verdict =
  { readonly action: 'none'; readonly reason: SkipReason } | { readonly action: 'assign'; readonly decision: Decision };

/** Id of the decision that a risk event and a playbook lead to. */
export const decisionIdOf = (riskEventId: string, playbook: string): string => `${riskEventId}-${playbook}`;

/** Decides about one crossing. Pure: the same circumstances, the same verdict. */
export function decide(crossing: Crossing, playbook: Playbook, circumstances: Circumstances): Verdict {
  const eligible = eligibility(crossing, playbook, circumstances);
  if ('reason' in eligible) return { action: 'none', reason: eligible.reason };

  const { customer, rules } = circumstances;
  const { shop, customer: name, at } = crossing;
  const simulated = isSimulated(crossing.origin);
  // A later change of the hold-out share must not move anybody from one arm to the other.
  const earlier = customer.units.get(unitKey(playbook.id, simulated));
  const { arm, propensity } = earlier ?? assignArm({ shop, customer: name, playbook: playbook.id }, rules);
  return {
    action: 'assign',
    decision: {
      id: decisionIdOf(crossing.id, playbook.id),
      shop,
      customer: name,
      playbook: playbook.id,
      origin: crossing.origin,
      isSimulated: simulated,
      arm,
      propensity,
      isUnit: earlier === undefined,
      ...eligible.plan,
      discountPercent: playbook.discountPercent,
      at,
      expiresAt: crossing.expiresAt,
      openUntil: at + rules.restDays * DAY,
      maturesAt: at + rules.windowDays * DAY,
      risk: crossing.risk,
      priorOrders: crossing.orders,
      priorSpendMinor: Math.round(crossing.orders * crossing.meanOrderMinor),
    },
  };
}
