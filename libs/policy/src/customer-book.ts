// What the policy knows of one customer: permissions, address, decisions that still matter, purchases that may settle them.
import { type Channel, type Millis } from '@holdfast/schemas';

import { type Assignment } from './assignment.js';

/** A purchase or refund, amount in minor units of the base currency, never negative. */
export interface Payment {
  readonly id: string;
  readonly kind: 'purchase' | 'refund';
  readonly at: Millis;
  readonly amountMinor: number;
  /** As typed. */
  readonly coupon: string | null;
}

/** A coupon code as it was given: codes are typed by hand, so case and outer spaces do not matter. */
export const plainCode = (typed: string): string => typed.trim().toUpperCase();

/** A decision as later guards see it. */
export interface PastDecision {
  readonly id: string;
  readonly at: Millis;
  readonly isSimulated: boolean;
  /** No other decision before this instant … */
  readonly openUntil: Millis;
  /** … unless the customer came back. */
  readonly closedAt: Millis | null;
}

/** One customer's page in the ledger. Mutable while a batch is folded. */
export interface CustomerBook {
  readonly consents: Map<Channel, { readonly granted: boolean; readonly at: Millis }>;
  email: { readonly address: string; readonly at: Millis } | null;
  readonly decisions: PastDecision[];
  /** By {@link unitKey}: the arm of the customer's first decision of a playbook, which later ones keep. */
  readonly units: Map<string, Assignment>;
  readonly payments: Payment[];
}

export const emptyCustomerBook = (): CustomerBook => ({
  consents: new Map(),
  email: null,
  decisions: [],
  units: new Map(),
  payments: [],
});

/** Units of simulated and of real decisions are apart: who was never contacted must not count as treated. */
export const unitKey = (playbook: string, isSimulated: boolean): string => `${playbook}/${isSimulated ? 's' : 'r'}`;
