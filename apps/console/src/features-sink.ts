// customer.features → who the customers are and what they did last.
import { type CustomerEventRow, type CustomerRow, saveCustomerEvents, saveCustomers } from '@holdfast/postgres';
import { CUSTOMER_FEATURES, type FeatureRecord, isCanaryKey } from '@holdfast/schemas';
import { type Sink, type SinkRecord } from '@holdfast/stream';

/** Fills `customers` and `customer_events`. `changed` is called after each commit. */
export const featuresSink = (changed: () => void): Sink<FeatureRecord> => ({
  name: 'console-features',
  input: CUSTOMER_FEATURES,
  async apply(records, _partition, transaction) {
    const customers = new Map<string, CustomerRow>();
    const events: CustomerEventRow[] = [];
    for (const record of records) {
      if (record.kind === 'tick' || isCanaryKey(record.key)) continue;
      // In order, so the last row of a customer is the one that holds; an e-mail address seen once is kept.
      customers.set(record.key, customerRow(record, customers.get(record.key)?.email ?? null));
      events.push(eventRow(record));
    }
    await saveCustomers(transaction, [...customers.values()]);
    await saveCustomerEvents(transaction, events);
  },
  committed: changed,
});

type Told = Extract<SinkRecord<FeatureRecord>, { kind: 'record' }>;

const customerRow = ({ value, sequence }: Told, email: string | null): CustomerRow => ({
  shop: value.shop,
  customer: value.customer,
  sequence,
  firstSeenAt: value.firstSeenAt,
  seenAt: value.at,
  lastActivityAt: value.lastActivityAt,
  lastPurchaseAt: value.lastPurchaseAt,
  events: value.profile.events,
  sessions: value.profile.sessions,
  orders: value.profile.orders,
  spendMinor: value.profile.spendMinor,
  origin: value.origin,
  email: value.email ?? email,
});

const eventRow = ({ value, sequence, id }: Told): CustomerEventRow => ({
  shop: value.shop,
  customer: value.customer,
  sequence,
  id,
  at: value.occurredAt,
  type: value.type,
  origin: value.origin,
  amountMinor: value.amountMinor ?? null,
  orderId: value.orderId ?? null,
  coupon: value.coupon ?? null,
});
