// Read model of customers: profile and last events, as customer.features tells them.
import { type Millis } from '@holdfast/schemas';

import { type Columns, unnestRows } from './read-model-columns.js';
import { type Transaction } from './transaction.js';

/** Events kept per customer for the console's timeline. */
export const EVENTS_KEPT = 40;

/** A customer as of record `sequence` of customer.features. */
export interface CustomerRow {
  readonly shop: string;
  readonly customer: string;
  readonly sequence: number;
  readonly firstSeenAt: Millis;
  readonly seenAt: Millis;
  readonly lastActivityAt: Millis | null;
  readonly lastPurchaseAt: Millis | null;
  readonly events: number;
  readonly sessions: number;
  readonly orders: number;
  readonly spendMinor: number;
  readonly origin: string;
  /** null: unchanged. */
  readonly email: string | null;
}

const customerColumns: Columns<CustomerRow> = {
  shop: ['text', (c) => c.shop],
  customer: ['text', (c) => c.customer],
  feature_sequence: ['bigint', (c) => c.sequence],
  first_seen_at: ['bigint', (c) => c.firstSeenAt],
  seen_at: ['bigint', (c) => c.seenAt],
  last_activity_at: ['bigint', (c) => c.lastActivityAt],
  last_purchase_at: ['bigint', (c) => c.lastPurchaseAt],
  events: ['int', (c) => c.events],
  sessions: ['int', (c) => c.sessions],
  orders: ['int', (c) => c.orders],
  spend_minor: ['float8', (c) => c.spendMinor],
  origin: ['text', (c) => c.origin],
  email: ['text', (c) => c.email],
};
const customerUpdates = Object.keys(customerColumns)
  .filter((name) => !['shop', 'customer', 'email'].includes(name))
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');

// Who has bought and never crossed is at low risk: scoring says nothing about them.
const firstTier = `case when orders > 0 then 'low' end`;

/** Writes one row a customer (the last of the batch); a row of a later record stays. Ordered, so that two sinks cannot deadlock. */
export async function saveCustomers(transaction: Transaction, rows: readonly CustomerRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { names, from, parameters } = unnestRows(rows, customerColumns);
  await transaction.query(
    `insert into customers (${names}, tier) select ${names}, ${firstTier} from ${from}
     order by shop collate "C", customer collate "C"
     on conflict (shop, customer) do update set ${customerUpdates}, email = coalesce(excluded.email, customers.email),
       tier = coalesce(customers.tier, excluded.tier)
     where excluded.feature_sequence > customers.feature_sequence`,
    parameters,
  );
}

/** One event of a customer's timeline; `sequence` as in customer.features. */
export interface CustomerEventRow {
  readonly shop: string;
  readonly customer: string;
  readonly sequence: number;
  readonly id: string;
  readonly at: Millis;
  readonly type: string;
  readonly origin: string;
  readonly amountMinor: number | null;
  readonly orderId: string | null;
  readonly coupon: string | null;
}

const eventColumns: Columns<CustomerEventRow> = {
  shop: ['text', (e) => e.shop],
  customer: ['text', (e) => e.customer],
  slot: ['smallint', (e) => e.sequence % EVENTS_KEPT],
  sequence: ['bigint', (e) => e.sequence],
  id: ['text', (e) => e.id],
  at: ['bigint', (e) => e.at],
  type: ['text', (e) => e.type],
  origin: ['text', (e) => e.origin],
  amount_minor: ['float8', (e) => e.amountMinor],
  order_id: ['text', (e) => e.orderId],
  coupon: ['text', (e) => e.coupon],
};
const eventUpdates = Object.keys(eventColumns)
  .filter((name) => !['shop', 'customer', 'slot'].includes(name))
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');

/** Writes events into their slots; of a batch only the last {@link EVENTS_KEPT} of a customer, an older one never over a newer. */
export async function saveCustomerEvents(transaction: Transaction, rows: readonly CustomerEventRow[]): Promise<void> {
  const bySlot = new Map<string, CustomerEventRow>();
  for (const row of rows) {
    const key = `${row.shop}/${row.sequence % EVENTS_KEPT}/${row.customer}`;
    if ((bySlot.get(key)?.sequence ?? 0) < row.sequence) bySlot.set(key, row);
  }
  if (bySlot.size === 0) return;
  const { names, from, parameters } = unnestRows([...bySlot.values()], eventColumns);
  await transaction.query(
    `insert into customer_events (${names}) select ${names} from ${from}
     on conflict (shop, customer, slot) do update set ${eventUpdates}
     where excluded.sequence > customer_events.sequence`,
    parameters,
  );
}
