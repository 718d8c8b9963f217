// The fold of customer.risk over a ledger: record by record, in order. What it yields depends on the records and the ledger
// alone, never on where a batch was cut; a record whose effect is in the ledger already changes nothing.
//
//   a crossing into a tier with a playbook → assigned (decide.ts), or skipped with the reason
//   a purchase, a recovery                 → decisions that were open are closed: the customer may be considered anew
//   a correction                           → what was decided about the crossing that it takes back is closed, and what has not left does not
//   a purchase, a refund                   → stored, for decisions to be settled by
//   a code, named on an order or alone     → redeemed, once, by the customer it was given to
//   a consent, an address                  → kept, for later crossings
//   a tick                                 → decisions whose window has closed are settled (settle.ts)
import { fromIso, type Millis, type RiskData, type RiskEvent, toIso } from '@holdfast/schemas';

import { type CustomerBook, type Payment, plainCode, unitKey } from './customer-book.js';
import { dayOf, NOTHING_SPENT, sliceOf } from './budget.js';
import { decide, decisionIdOf } from './decide.js';
import { isSimulated } from './eligibility.js';
import { type Change, couponKey, customerBookOf, type LedgerBook, spendingKey } from './ledger-book.js';
import { playbookFor } from './playbooks.js';
import { type Rules } from './rules.js';
import { settle } from './settle.js';

/** A record of customer.risk as the fold needs it. */
export type LedgerRecord =
  | { readonly kind: 'record'; readonly value: RiskEvent; readonly id: string; readonly at: Millis }
  | { readonly kind: 'tick'; readonly at: Millis };

/** What is the same for all records of a partition. */
export interface Policy {
  readonly rules: Rules;
  readonly partition: number;
  readonly partitions: number;
  /** Single-use code of a decision. */
  codeOf(decisionId: string): string;
}

/** Applies one record to the book and returns what changed. */
export function applyRecord(book: LedgerBook, record: LedgerRecord, policy: Policy): Change[] {
  if (record.kind === 'tick') return settleDue(book, record.at, policy.rules);
  const { value, id } = record;
  const { shop, customer, at } = value;
  const known = customerBookOf(book, shop, customer);
  switch (value.type) {
    case 'churn.risk.crossed.v1':
      return cross(book, { ...record, value }, policy);
    case 'churn.risk.recovered.v1':
      return close(known, value, at);
    case 'churn.risk.corrected.v1':
      return undo(known, value, fromIso(value.data.corrects ?? toIso(at)));
    case 'churn.risk.forecast.v1':
    case 'churn.risk.suppressed.v1':
    case 'holdfast.canary.v1':
      return [];
    case 'customer.purchased.v1': {
      const { amountMinor, coupon } = value.data;
      const paid = pay(book, value, { id, kind: 'purchase', at, amountMinor, coupon: coupon ?? null });
      return [...paid, ...close(known, value, at), ...(coupon === undefined ? [] : redeem(book, value, coupon))];
    }
    case 'customer.refunded.v1':
      return pay(book, value, { id, kind: 'refund', at, amountMinor: value.data.amountMinor, coupon: null });
    case 'customer.redeemed.v1':
      return redeem(book, value, value.data.coupon);
    case 'customer.consent-changed.v1': {
      const { channel, granted } = value.data;
      if ((known.consents.get(channel)?.at ?? -Infinity) > at) return [];
      known.consents.set(channel, { granted, at });
      return [{ kind: 'consent', shop, customer, channel, granted, at }];
    }
    case 'customer.identified.v1': {
      const { email } = value.data;
      if (email === undefined || (known.email?.at ?? -Infinity) > at) return [];
      known.email = { address: email, at };
      return [{ kind: 'address', shop, customer, email, at }];
    }
  }
}

type Crossed = Extract<LedgerRecord, { kind: 'record' }> & {
  readonly value: Extract<RiskEvent, { type: 'churn.risk.crossed.v1' }>;
};

/** A customer has crossed: skipped by the first guard that objects, or assigned to an arm. Both arms spend of the day's slice. */
function cross(book: LedgerBook, { id, at: knownAt, value }: Crossed, policy: Policy): Change[] {
  const { shop, customer, at, data } = value;
  const playbook = playbookFor(data.tier.to);
  if (!playbook) return [];
  const decisionId = decisionIdOf(id, playbook.id);
  if (book.known.has(decisionId)) return [];
  book.known.add(decisionId);

  const { rules, partition, partitions } = policy;
  const day = dayOf(at, rules.timeZone);
  const slice = spendingKey(shop, day, isSimulated(data.origin));
  const spent = book.spending.get(slice) ?? NOTHING_SPENT;
  const granted = {
    costMinor: sliceOf(rules.daily.costMinor, partition, partitions),
    messages: sliceOf(rules.daily.messages, partition, partitions),
  };
  const known = customerBookOf(book, shop, customer);
  const crossing = {
    id, shop, customer, at, knownAt, tier: data.tier.to, cause: data.cause, expiresAt: value.expiresAt ?? null, origin: data.origin,
    risk: data.risk, orders: data.orders, meanOrderMinor: meanOrderOf(data),
  }; // prettier-ignore
  const verdict = decide(crossing, playbook, { customer: known, spent, granted, rules });
  if (verdict.action === 'none') {
    const { reason } = verdict;
    return [
      { kind: 'skipped', id: decisionId, shop, customer, playbook: playbook.id, at, origin: data.origin, reason },
    ];
  }

  const { decision } = verdict;
  const code =
    decision.arm === 'treatment' && decision.discountPercent !== null ? plainCode(policy.codeOf(decisionId)) : null;
  book.spending.set(slice, { costMinor: spent.costMinor + decision.costMinor, messages: spent.messages + 1 });
  known.decisions.push({ ...decision, closedAt: null });
  if (decision.isUnit) known.units.set(unitKey(decision.playbook, decision.isSimulated), decision);
  book.due.push({ ...decision, code });
  if (code !== null) book.coupons.set(couponKey(shop, code), { ...decision, code, decisionId, redeemedAt: null });
  return [{ kind: 'assigned', decision, code, day }];
}

/** valueAtRisk = risk × mean order value. */
const meanOrderOf = ({ valueAtRiskMinor, risk }: RiskData): number => (risk > 0 ? valueAtRiskMinor / risk : 0);

function pay(book: LedgerBook, { shop, customer }: RiskEvent, payment: Payment): Change[] {
  if (book.known.has(payment.id)) return [];
  book.known.add(payment.id);
  customerBookOf(book, shop, customer).payments.push(payment);
  return [{ kind: 'payment', shop, customer, payment }];
}

/** The customer is back: decisions that were open then are closed, and the next crossing may be acted on. */
function close(known: CustomerBook, { shop, customer }: RiskEvent, at: Millis): Change[] {
  const changes: Change[] = [];
  known.decisions.forEach((past, i) => {
    if (past.closedAt !== null || past.at >= at || past.openUntil <= at) return;
    known.decisions[i] = { ...past, closedAt: at };
    changes.push({ kind: 'closed', shop, customer, decisionId: past.id, at });
  });
  return changes;
}

/** The crossing of an instant has been taken back: what was decided about it is closed, open or not. */
function undo(known: CustomerBook, { shop, customer, at }: RiskEvent, crossedAt: Millis): Change[] {
  const changes: Change[] = [];
  known.decisions.forEach((past, i) => {
    if (past.closedAt !== null || past.at !== crossedAt) return;
    known.decisions[i] = { ...past, closedAt: at };
    changes.push({ kind: 'closed', shop, customer, decisionId: past.id, at });
  });
  return changes;
}

/** Codes are single-use and personal: only the first use by the customer who was given it counts. */
function redeem(book: LedgerBook, { shop, customer, at }: RiskEvent, code: string): Change[] {
  const key = couponKey(shop, code);
  const coupon = book.coupons.get(key);
  if (!coupon || coupon.redeemedAt !== null || coupon.customer !== customer) return [];
  book.coupons.set(key, { ...coupon, redeemedAt: at });
  return [{ kind: 'redeemed', coupon, at }];
}

function settleDue(book: LedgerBook, now: Millis, { marginRate }: Rules): Change[] {
  const ripe = book.due.filter(({ maturesAt }) => maturesAt <= now);
  if (ripe.length === 0) return [];
  book.due = book.due.filter(({ maturesAt }) => maturesAt > now);
  ripe.sort((a, b) => a.maturesAt - b.maturesAt || (a.id < b.id ? -1 : 1));
  return ripe.map((decision) => {
    const { payments } = customerBookOf(book, decision.shop, decision.customer);
    return { kind: 'settled', decision, outcome: settle(decision, payments, marginRate) };
  });
}
