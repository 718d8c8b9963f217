// What the fold of a batch needs to know of the ledger: a few queries a batch, whatever its size.
import { unnestRows } from './read-model-columns.js';
import { type CustomerName } from './read-model-lists.js';
import { type Transaction } from './transaction.js';

const customerColumns = {
  shop: ['text', (row: CustomerName) => row.shop],
  customer: ['text', (row: CustomerName) => row.customer],
} as const;

/** Permissions that customers have given or withdrawn. */
export async function loadConsents(tx: Transaction, customers: readonly CustomerName[]) {
  const { from, parameters } = unnestRows(customers, customerColumns);
  return tx.query<CustomerName & { channel: string; granted: boolean; at: number }>(
    `select shop, customer, c.channel, c.granted, c.at from ${from} join consents c using (shop, customer)`,
    parameters,
  );
}

/** Addresses. */
export async function loadContacts(tx: Transaction, customers: readonly CustomerName[]) {
  const { from, parameters } = unnestRows(customers, customerColumns);
  return tx.query<CustomerName & { email: string; at: number }>(
    `select shop, customer, c.email, c.at from ${from} join contacts c using (shop, customer)`,
    parameters,
  );
}

/** Decisions made after `since`, and those that were still open after `openSince`, oldest first. */
export async function loadPastDecisions(
  tx: Transaction,
  customers: readonly CustomerName[],
  { since, openSince }: { readonly since: number; readonly openSince: number },
) {
  const { from, parameters } = unnestRows(customers, customerColumns, 3);
  return tx.query<
    CustomerName & { id: string; at: number; isSimulated: boolean; openUntil: number; closedAt: number | null }
  >(
    `select shop, customer, d.id, d.at, d.is_simulated as "isSimulated", d.open_until as "openUntil",
            d.closed_at as "closedAt"
       from ${from} join decisions d using (shop, customer)
      where d.at > $1 or d.open_until > $2 order by d.at, d.id`,
    [since, openSince, ...parameters],
  );
}

/** The arms that customers have been given, one a playbook. */
export async function loadUnits(tx: Transaction, customers: readonly CustomerName[]) {
  const { from, parameters } = unnestRows(customers, customerColumns);
  return tx.query<
    CustomerName & { playbook: string; isSimulated: boolean; arm: 'treatment' | 'hold-out'; propensity: number }
  >(
    `select shop, customer, d.playbook, d.is_simulated as "isSimulated", d.arm, d.propensity
       from ${from} join decisions d using (shop, customer) where d.is_unit`,
    parameters,
  );
}

/** A decision whose window closes at or before an instant and which has not been settled. */
export interface DueRow extends CustomerName {
  readonly id: string;
  readonly playbook: string;
  readonly origin: 'live' | 'import' | 'replay' | 'what-if';
  readonly arm: 'treatment' | 'hold-out';
  readonly at: number;
  readonly maturesAt: number;
  readonly code: string | null;
  readonly discountPercent: number | null;
}

/** Decisions of a partition to settle by `until`, the first `limit` of them. One step in an index when there is none. */
export const loadDue = (
  tx: Transaction,
  { partition, until, limit }: { readonly partition: number; readonly until: number; readonly limit: number },
) =>
  tx.query<DueRow>(
    `select shop, id, customer, playbook, origin, arm, at, matures_at as "maturesAt", code,
            discount_percent as "discountPercent"
       from decisions where partition = $1 and matures_at <= $2 and settled_at is null
      order by matures_at, id limit $3`,
    [partition, until, limit],
  );

/** A span of a customer's payments, both ends included. */
export interface PaymentSpan extends CustomerName {
  readonly from: number;
  readonly until: number;
}
export interface PaymentRow extends CustomerName {
  readonly id: string;
  readonly kind: 'purchase' | 'refund';
  readonly at: number;
  readonly amountMinor: number;
  readonly coupon: string | null;
}

/** Payments within the spans, each once, oldest first. */
export async function loadPayments(tx: Transaction, spans: readonly PaymentSpan[]) {
  const { from, parameters } = unnestRows(spans, {
    ...customerColumns,
    first_at: ['bigint', (row: PaymentSpan) => row.from],
    last_at: ['bigint', (row: PaymentSpan) => row.until],
  });
  return tx.query<PaymentRow>(
    `select distinct p.shop, p.customer, p.at, p.id, p.kind, p.amount_minor as "amountMinor", p.coupon
       from ${from} join payments p using (shop, customer)
      where p.at between first_at and last_at order by p.at, p.id`,
    parameters,
  );
}

/** Those of the given ids that the ledger holds, as a decision or as one that was skipped. */
export async function loadKnownDecisions(
  tx: Transaction,
  ids: readonly { readonly shop: string; readonly id: string }[],
): Promise<string[]> {
  const { from, parameters } = unnestRows(ids, {
    shop: ['text', (row: (typeof ids)[number]) => row.shop],
    id: ['text', (row: (typeof ids)[number]) => row.id],
  });
  const rows = await tx.query<{ id: string }>(
    `with asked as materialized (select * from ${from})
     select id from asked join decisions using (shop, id)
     union all select id from asked join skipped_decisions using (shop, id)`,
    parameters,
  );
  return rows.map(({ id }) => id);
}

/** A day of a shop's budget. */
export interface SliceName {
  readonly shop: string;
  readonly day: string;
  readonly isSimulated: boolean;
}

/** What a partition has spent of its slices. */
export async function loadSpending(tx: Transaction, partition: number, slices: readonly SliceName[]) {
  const { from, parameters } = unnestRows(
    slices,
    {
      shop: ['text', (row: SliceName) => row.shop],
      day: ['text', (row: SliceName) => row.day],
      is_simulated: ['boolean', (row: SliceName) => row.isSimulated],
    },
    2,
  );
  return tx.query<SliceName & { costMinor: number; messages: number }>(
    `select shop, day, is_simulated as "isSimulated", b.cost_minor as "costMinor", b.messages
       from ${from} join budget_slices b using (shop, day, is_simulated) where b.partition = $1`,
    [partition, ...parameters],
  );
}

/** Coupons by code, with the decision each was given with. */
export async function loadCoupons(tx: Transaction, codes: readonly { readonly shop: string; readonly code: string }[]) {
  const { from, parameters } = unnestRows(codes, {
    shop: ['text', (row: (typeof codes)[number]) => row.shop],
    code: ['text', (row: (typeof codes)[number]) => row.code],
  });
  return tx.query<{
    code: string;
    decisionId: string;
    shop: string;
    customer: string;
    playbook: string;
    origin: DueRow['origin'];
    redeemedAt: number | null;
  }>(
    `select c.shop, c.code, c.decision_id as "decisionId", c.customer, d.playbook, d.origin, c.redeemed_at as "redeemedAt"
       from ${from} join coupons c on c.shop = row.shop and c.code = row.code
       join decisions d on d.shop = c.shop and d.id = c.decision_id`,
    parameters,
  );
}
