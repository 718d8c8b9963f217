// Questions of the customer pages: a page of the list, one customer, their last events, their state of scoring.
import { customerKey, type Millis, partitionOf } from '@holdfast/schemas';

import { type CustomerEventRow, EVENTS_KEPT } from './read-model-customers.js';
import { type Transaction } from './transaction.js';

/** A customer as the console shows them. Times in ms, money in minor units of the base currency. */
export interface CustomerView {
  readonly shop: string;
  readonly customer: string;
  readonly email: string | null;
  readonly firstSeenAt: Millis | null;
  readonly seenAt: Millis | null;
  readonly lastActivityAt: Millis | null;
  readonly lastPurchaseAt: Millis | null;
  readonly events: number;
  readonly sessions: number;
  readonly orders: number;
  readonly spendMinor: number;
  readonly origin: string | null;
  readonly tier: string | null;
  /** At the last change of tier. */
  readonly risk: number;
  /** 4 high, 3 medium, 2 low, 1 lapsed, 0 nothing bought yet: what the list is sorted by. */
  readonly tierRank: number;
  /** Risk × mean order value as it is now. */
  readonly valueAtRiskMinor: number;
  readonly cause: string | null;
  readonly tierSince: Millis | null;
  readonly scoredAt: Millis | null;
  readonly nextTier: string | null;
  readonly nextAt: Millis | null;
  readonly model: string | null;
}

const fields = `shop, customer, email, first_seen_at as "firstSeenAt", seen_at as "seenAt", last_activity_at as "lastActivityAt",
  last_purchase_at as "lastPurchaseAt", events, sessions, orders, spend_minor as "spendMinor", origin, tier, risk,
  tier_rank as "tierRank", value_at_risk_minor as "valueAtRiskMinor", cause, tier_since as "tierSince", scored_at as "scoredAt",
  next_tier as "nextTier", next_at as "nextAt", model`;

/** Where a page of the list ends: the sort key of its last customer. */
export type CustomerCursor = readonly [tierRank: number, valueAtRiskMinor: number, customer: string];

export interface CustomerQuery {
  readonly shop: string;
  readonly tier?: string;
  /** Part of the customer id or e-mail address, in any case. */
  readonly search?: string;
  readonly after?: CustomerCursor;
  readonly limit: number;
}

/** Customers by tier, those about to leave first, then value at risk, highest first; the page after `after`. */
export async function listCustomers(db: Transaction, query: CustomerQuery): Promise<CustomerView[]> {
  const parameters: unknown[] = [query.shop, query.limit];
  const where = ['shop = $1'];
  const add = (value: unknown) => `$${parameters.push(value)}`;
  if (query.tier !== undefined) where.push(`tier = ${add(query.tier)}`);
  if (query.search !== undefined) {
    const text = add(query.search);
    where.push(`(strpos(lower(customer), lower(${text})) > 0 or strpos(lower(email), lower(${text})) > 0)`);
  }
  if (query.after) {
    const [rank, value, customer] = query.after;
    where.push(
      `(tier_rank, value_at_risk_minor, customer) < (${add(rank)}::int, ${add(value)}::float8, ${add(customer)}::text)`,
    );
  }
  return db.query<CustomerView>(
    `select ${fields} from customers where ${where.join(' and ')}
     order by tier_rank desc, value_at_risk_minor desc, customer desc limit $2`,
    parameters,
  );
}

/** Who is meant. */
export interface CustomerName {
  readonly shop: string;
  readonly customer: string;
}

/** One customer, or undefined when nobody of that name has been seen. */
export async function findCustomer(db: Transaction, who: CustomerName): Promise<CustomerView | undefined> {
  const rows = await db.query<CustomerView>(`select ${fields} from customers where shop = $1 and customer = $2`, [
    who.shop,
    who.customer,
  ]);
  return rows[0];
}

/** The last events of a customer, newest first, at most {@link EVENTS_KEPT}. */
export const listCustomerEvents = (db: Transaction, who: CustomerName): Promise<CustomerEventRow[]> =>
  db.query<CustomerEventRow>(
    `select shop, customer, sequence, id, at, type, origin, amount_minor as "amountMinor", order_id as "orderId", coupon
     from customer_events where shop = $1 and customer = $2 order by sequence desc limit $3`,
    [who.shop, who.customer, EVENTS_KEPT],
  );

/** The bytes a task last saved for some customers of a shop, with the version of their codec. */
export async function findStates(
  db: Transaction,
  task: string,
  { shop, customers }: { readonly shop: string; readonly customers: readonly string[] },
): Promise<{ bytes: Uint8Array; version: number }[]> {
  const [topic] = await db.query<{ partitions: number | null }>(`select max(partitions) as partitions from topics`);
  const partitions = topic?.partitions;
  if (!partitions || customers.length === 0) return [];
  const keys = customers.map((customer) => customerKey(shop, customer));
  return db.query<{ bytes: Uint8Array; version: number }>(
    `select bytes, version from states
     where task = $1 and (partition, key) in (select * from unnest($2::int[], $3::text[]))`,
    [task, keys.map((key) => partitionOf(key, partitions)), keys],
  );
}

/** The latest stream time a task has saved, over all partitions; null before the first. */
export async function streamNow(db: Transaction, task: string): Promise<Millis | null> {
  const [row] = await db.query<{ now: Millis | null }>(
    `select max(now_ms) as now from owners where task = $1 and now_ms > 0`,
    [task],
  );
  return row?.now ?? null;
}
