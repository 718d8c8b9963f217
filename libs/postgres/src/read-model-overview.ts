// Questions of the overview: how many customers stand where, what happened lately, how often a day.
import { type Millis } from '@holdfast/schemas';

import { type RiskEventRow } from './read-model-risk.js';
import { type Transaction } from './transaction.js';

/** Customers in one tier; `tier` null: they have bought nothing yet. */
export interface TierCount {
  readonly tier: string | null;
  readonly customers: number;
  /** Of these, how many came there by silence. */
  readonly bySilence: number;
  readonly valueAtRiskMinor: number;
  /** Time of the latest event of any of them. */
  readonly lastEventAt: Millis | null;
  readonly firstSeenAt: Millis | null;
}

/** Customers by tier; one pass over the shop's customers. */
export const countTiers = (db: Transaction, shop: string): Promise<TierCount[]> =>
  db.query<TierCount>(
    `select tier, count(*)::int as customers, (count(*) filter (where cause = 'silence'))::int as "bySilence",
            sum(value_at_risk_minor) as "valueAtRiskMinor", max(seen_at) as "lastEventAt", min(first_seen_at) as "firstSeenAt"
     from customers where shop = $1 group by tier order by tier nulls last`,
    [shop],
  );

/** Risk events of one type, tier and cause on one UTC day. */
export interface RiskDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly type: string;
  readonly tier: string;
  readonly cause: string;
  readonly count: number;
}

/** Counts of every day, oldest first. */
export const listRiskDays = (db: Transaction, shop: string): Promise<RiskDay[]> =>
  db.query<RiskDay>(
    `select day, type, tier, cause, sum(count)::int as count from risk_days
     where shop = $1 group by day, type, tier, cause order by day, type, tier, cause`,
    [shop],
  );

const riskEventFields = `id, shop, customer, sequence, at, type, tier_from as "tierFrom", tier_to as "tierTo", cause, origin, risk,
  silence_days as "silenceDays", value_at_risk_minor as "valueAtRiskMinor", reasons, forecast, model`;

/** The latest risk events of a shop, newest first. */
export const listRecentRisk = (db: Transaction, shop: string, limit: number): Promise<RiskEventRow[]> =>
  db.query<RiskEventRow>(
    `select ${riskEventFields} from risk_events where shop = $1 order by at desc, id desc limit $2`,
    [shop, limit],
  );

/** The latest risk events of a customer, newest first. */
export const listCustomerRisk = (
  db: Transaction,
  who: { readonly shop: string; readonly customer: string },
  limit: number,
): Promise<RiskEventRow[]> =>
  db.query<RiskEventRow>(
    `select ${riskEventFields} from risk_events where shop = $1 and customer = $2 order by sequence desc limit $3`,
    [who.shop, who.customer, limit],
  );

/** Crossings up to and including an instant, by tier and cause, sorted. */
export const countCrossings = (
  db: Transaction,
  shop: string,
  until: Millis,
): Promise<{ tier: string; cause: string; count: number }[]> =>
  db.query(
    `select tier_to as tier, cause, count(*)::int as count from risk_events
     where shop = $1 and type = 'churn.risk.crossed.v1' and at <= $2
     group by tier_to, cause order by tier_to, cause`,
    [shop, until],
  );

/** Customers first seen up to and including an instant. */
export async function countCustomers(db: Transaction, shop: string, until: Millis): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `select count(*)::int as n from customers where shop = $1 and first_seen_at <= $2`,
    [shop, until],
  );
  return row!.n;
}
