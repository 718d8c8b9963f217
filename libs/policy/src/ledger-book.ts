// The part of a ledger that a batch of records may touch, held in memory while the batch is folded (see fold.ts).
import { type Arm, type Channel, customerKey, type Millis, type Origin } from '@holdfast/schemas';

import { type Spending } from './budget.js';
import { type CustomerBook, emptyCustomerBook, type Payment, plainCode } from './customer-book.js';
import { type Decision } from './decide.js';
import { type SkipReason } from './eligibility.js';
import { type OpenDecision, type Outcome } from './settle.js';

/** A decision that waits for its window to close. */
export interface DueDecision extends OpenDecision {
  readonly id: string;
  readonly shop: string;
  readonly customer: string;
  readonly playbook: string;
  readonly origin: Origin;
  readonly arm: Arm;
}

/** A single-use code that was given with a decision. */
export interface Coupon {
  readonly code: string;
  readonly decisionId: string;
  readonly shop: string;
  readonly customer: string;
  readonly playbook: string;
  readonly origin: Origin;
  readonly redeemedAt: Millis | null;
}

/** Loaded before a batch; changed by it. */
export interface LedgerBook {
  /** By `customerKey`. Customers that are not in it are known for nothing yet. */
  readonly customers: Map<string, CustomerBook>;
  /** Ids of decisions, skips and payments that are in the ledger already. */
  readonly known: Set<string>;
  /** Unsettled decisions that mature within the batch. */
  due: DueDecision[];
  /** What this partition has spent of its slice of a day's budget. By {@link spendingKey}. */
  readonly spending: Map<string, Spending>;
  /** Codes that the records name. By {@link couponKey}. */
  readonly coupons: Map<string, Coupon>;
}

export const emptyLedgerBook = (): LedgerBook => ({
  customers: new Map(),
  known: new Set(),
  due: [],
  spending: new Map(),
  coupons: new Map(),
});

/** Real and simulated decisions have separate budgets, or a replay would use up the day of a live shop. */
export const spendingKey = (shop: string, day: string, isSimulated: boolean): string =>
  `${shop}/${day}/${isSimulated ? 's' : 'r'}`;

export const couponKey = (shop: string, code: string): string => `${shop}/${plainCode(code)}`;

/** The book of a customer; an empty one is added when there is none. */
export function customerBookOf(book: LedgerBook, shop: string, customer: string): CustomerBook {
  const key = customerKey(shop, customer);
  let found = book.customers.get(key);
  if (!found) book.customers.set(key, (found = emptyCustomerBook()));
  return found;
}

interface Whose {
  readonly shop: string;
  readonly customer: string;
}

/** What a record did to the ledger: to be written, in this order. */
export type Change =
  | { readonly kind: 'assigned'; readonly decision: Decision; readonly code: string | null; readonly day: string }
  | (Whose & {
      readonly kind: 'skipped';
      readonly id: string;
      readonly playbook: string;
      readonly at: Millis;
      readonly origin: Origin;
      readonly reason: SkipReason;
    })
  | { readonly kind: 'settled'; readonly decision: DueDecision; readonly outcome: Outcome }
  | (Whose & { readonly kind: 'closed'; readonly decisionId: string; readonly at: Millis })
  | { readonly kind: 'redeemed'; readonly coupon: Coupon; readonly at: Millis }
  | (Whose & { readonly kind: 'payment'; readonly payment: Payment })
  | (Whose & { readonly kind: 'consent'; readonly channel: Channel; readonly granted: boolean; readonly at: Millis })
  | (Whose & { readonly kind: 'address'; readonly email: string; readonly at: Millis });
