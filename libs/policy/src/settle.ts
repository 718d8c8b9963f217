// What came of a decision: the purchases in (decision, decision + window], looked up when the window has closed. Which arm it
// was in, and in which order the purchases were heard of, plays no part.
import { type Millis } from '@holdfast/schemas';

import { type Payment, plainCode } from './customer-book.js';

/** A decision whose window has not been judged yet. */
export interface OpenDecision {
  readonly at: Millis;
  readonly maturesAt: Millis;
  /** Single-use code given with it. */
  readonly code: string | null;
  readonly discountPercent: number | null;
}

/** Amounts in minor units of the base currency. */
export interface Outcome {
  readonly purchased: boolean;
  readonly orders: number;
  /** Purchases minus refunds. */
  readonly revenueMinor: number;
  /** Margin of that, after the discount. */
  readonly marginMinor: number;
}

/** Judges a decision by the customer's payments; those outside the window are ignored. `marginRate`: share of the full price. */
export function settle(decision: OpenDecision, payments: readonly Payment[], marginRate: number): Outcome {
  const within = payments.filter(({ at }) => at > decision.at && at <= decision.maturesAt);
  const purchases = within.filter(({ kind }) => kind === 'purchase');
  const sum = (value: (payment: Payment) => number) => within.reduce((total, payment) => total + value(payment), 0);
  const sign = ({ kind }: Payment) => (kind === 'purchase' ? 1 : -1);
  return {
    purchased: purchases.length > 0,
    orders: purchases.length,
    revenueMinor: Math.round(sum((payment) => sign(payment) * payment.amountMinor)),
    marginMinor: Math.round(sum((payment) => sign(payment) * marginOf(payment, decision, marginRate))),
  };
}

/** Amounts paid are after the discount; the goods cost (1 − rate) of the full price all the same. */
function marginOf({ amountMinor, coupon }: Payment, decision: OpenDecision, marginRate: number): number {
  const used = coupon !== null && plainCode(coupon) === decision.code ? (decision.discountPercent ?? 0) / 100 : 0;
  if (used >= 1) return amountMinor;
  return amountMinor - ((1 - marginRate) * amountMinor) / (1 - used);
}
