// customer.risk → what became true about whom, and where each customer stands.
import { type CustomerRiskRow, type RiskEventRow, saveCustomerRisks, saveRiskEvents } from '@holdfast/postgres';
import { CUSTOMER_RISK, fromIso, type RiskData, type RiskEvent } from '@holdfast/schemas';
import { type Sink, type SinkRecord } from '@holdfast/stream';

type Told = Extract<SinkRecord<RiskEvent>, { kind: 'record' }>;
type Scored = Extract<RiskEvent, { data: RiskData }>;

/** Fills `risk_events`, `risk_days` and the risk of `customers`. `changed` is called after each commit. */
export const riskSink = (changed: () => void): Sink<RiskEvent> => ({
  name: 'console-risk',
  input: CUSTOMER_RISK,
  async apply(records, partition, transaction) {
    const standing = new Map<string, CustomerRiskRow>();
    const events: RiskEventRow[] = [];
    for (const record of records) {
      if (record.kind === 'tick' || !isScored(record.value)) continue;
      standing.set(record.key, riskRow(record, record.value, standing.get(record.key)));
      events.push(eventRow(record, record.value));
    }
    await saveRiskEvents(transaction, partition, events);
    await saveCustomerRisks(transaction, [...standing.values()]);
  },
  committed: changed,
});

/** A forecast is none: it says what may come, and the feed tells what has happened. */
const isScored = (event: RiskEvent): event is Scored =>
  event.type.startsWith('churn.risk.') && event.type !== 'churn.risk.forecast.v1';

function riskRow(record: Told, { type, shop, customer, at, data }: Scored, before?: CustomerRiskRow): CustomerRiskRow {
  // A suppressed crossing has been held back: the customer stays where they were.
  const tier = type === 'churn.risk.suppressed.v1' ? data.tier.from : data.tier.to;
  const isMove = tier !== data.tier.from;
  const next = data.forecast.map((f) => ({ tier: f.tier, at: fromIso(f.at) })).find((f) => f.at > at);
  return {
    shop,
    customer,
    sequence: record.sequence,
    scoredAt: at,
    tier,
    risk: data.risk,
    cause: isMove ? data.cause : (before?.cause ?? null),
    tierSince: isMove ? at : (before?.tierSince ?? null),
    nextTier: next?.tier ?? null,
    nextAt: next?.at ?? null,
    model: data.model,
  };
}

const eventRow = ({ id, sequence }: Told, { type, shop, customer, at, data }: Scored): RiskEventRow => ({
  id,
  shop,
  customer,
  sequence,
  at,
  type,
  tierFrom: data.tier.from,
  tierTo: data.tier.to,
  cause: data.cause,
  origin: data.origin,
  risk: data.risk,
  silenceDays: data.silenceDays,
  valueAtRiskMinor: data.valueAtRiskMinor,
  reasons: data.reasons,
  forecast: data.forecast,
  model: data.model,
});
