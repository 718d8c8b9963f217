// Read model of risk: what happened (risk_events), how often a day (risk_days), and where each customer stands now.
import { DAY, type Millis } from '@holdfast/schemas';

import { type Columns, unnestRows } from './read-model-columns.js';
import { type Transaction } from './transaction.js';

/** One risk event, as customer.risk told it. */
export interface RiskEventRow {
  readonly id: string;
  readonly shop: string;
  readonly customer: string;
  readonly sequence: number;
  readonly at: Millis;
  readonly type: string;
  readonly tierFrom: string;
  readonly tierTo: string;
  readonly cause: string;
  readonly origin: string;
  readonly risk: number;
  readonly silenceDays: number;
  readonly valueAtRiskMinor: number;
  readonly reasons: readonly { readonly name: string; readonly weight: number }[];
  readonly forecast: readonly { readonly tier: string; readonly at: string }[];
  readonly model: string;
}

const eventColumns: Columns<RiskEventRow> = {
  id: ['text', (e) => e.id],
  shop: ['text', (e) => e.shop],
  customer: ['text', (e) => e.customer],
  sequence: ['bigint', (e) => e.sequence],
  at: ['bigint', (e) => e.at],
  type: ['text', (e) => e.type],
  tier_from: ['text', (e) => e.tierFrom],
  tier_to: ['text', (e) => e.tierTo],
  cause: ['text', (e) => e.cause],
  origin: ['text', (e) => e.origin],
  risk: ['float8', (e) => e.risk],
  silence_days: ['float8', (e) => e.silenceDays],
  value_at_risk_minor: ['float8', (e) => e.valueAtRiskMinor],
  reasons: ['jsonb', (e) => JSON.stringify(e.reasons)],
  forecast: ['jsonb', (e) => JSON.stringify(e.forecast)],
  model: ['text', (e) => e.model],
};

/** Appends risk events and counts those that are new; one already known by its id changes nothing. */
export async function saveRiskEvents(
  transaction: Transaction,
  partition: number,
  rows: readonly RiskEventRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const { names, from, parameters } = unnestRows(rows, eventColumns, 3);
  await transaction.query(
    `with added as (
       insert into risk_events (${names}) select ${names} from ${from} order by id collate "C"
       on conflict (id) do nothing
       returning shop, at, type, tier_to, cause
     )
     insert into risk_days (shop, partition, day, type, tier, cause, count)
     select shop, $1::int, floor(at / $2::float8)::int, type, tier_to, cause, count(*) from added
     group by 1, 2, 3, 4, 5, 6
     on conflict (shop, partition, day, type, tier, cause) do update set count = risk_days.count + excluded.count`,
    [partition, DAY, ...parameters],
  );
}

/** Where a customer stands after record `sequence` of customer.risk. */
export interface CustomerRiskRow {
  readonly shop: string;
  readonly customer: string;
  readonly sequence: number;
  readonly scoredAt: Millis;
  readonly tier: string;
  readonly risk: number;
  /** Why the tier last changed, and when; null: it has not with this record. */
  readonly cause: string | null;
  readonly tierSince: Millis | null;
  readonly nextTier: string | null;
  readonly nextAt: Millis | null;
  readonly model: string;
}

const riskColumns: Columns<CustomerRiskRow> = {
  shop: ['text', (r) => r.shop],
  customer: ['text', (r) => r.customer],
  risk_sequence: ['bigint', (r) => r.sequence],
  scored_at: ['bigint', (r) => r.scoredAt],
  tier: ['text', (r) => r.tier],
  risk: ['float8', (r) => r.risk],
  cause: ['text', (r) => r.cause],
  tier_since: ['bigint', (r) => r.tierSince],
  next_tier: ['text', (r) => r.nextTier],
  next_at: ['bigint', (r) => r.nextAt],
  model: ['text', (r) => r.model],
};
const keptWhenNull = ['cause', 'tier_since'];
const riskUpdates = Object.keys(riskColumns)
  .filter((name) => !['shop', 'customer'].includes(name))
  .map((name) =>
    keptWhenNull.includes(name)
      ? `${name} = coalesce(excluded.${name}, customers.${name})`
      : `${name} = excluded.${name}`,
  )
  .join(', ');

/** Writes one row a customer (the last of the batch); a row of a later record stays. */
export async function saveCustomerRisks(transaction: Transaction, rows: readonly CustomerRiskRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { names, from, parameters } = unnestRows(rows, riskColumns);
  await transaction.query(
    `insert into customers (${names}) select ${names} from ${from}
     order by shop collate "C", customer collate "C"
     on conflict (shop, customer) do update set ${riskUpdates}
     where excluded.risk_sequence > customers.risk_sequence`,
    parameters,
  );
}
