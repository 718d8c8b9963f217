// Facts that dispatch decides and settles by, passed on in the customer's order, so that a cause is always read before its effect. A
// code used on an order is told with the purchase and nowhere else.
import { type FeatureRecord, type RiskEvent } from '@holdfast/schemas';

/** The facts of one record, in order; most records hold none. */
export function factsOf(record: FeatureRecord): RiskEvent[] {
  const { shop, customer, at, origin, type, coupon, consent } = record;
  const about = { shop, customer, at };
  const order = {
    origin,
    amountMinor: record.amountMinor ?? 0,
    ...(record.orderId === undefined ? {} : { orderId: record.orderId }),
  };
  const facts: RiskEvent[] = [];
  if (type === 'purchase') {
    const data = { ...order, ...(coupon === undefined ? {} : { coupon }) };
    facts.push({ ...about, type: 'customer.purchased.v1', data });
  }
  if (type === 'refund' || type === 'cancel') facts.push({ ...about, type: 'customer.refunded.v1', data: order });
  if (type === 'coupon-applied' && coupon !== undefined) {
    facts.push({ ...about, type: 'customer.redeemed.v1', data: { origin, coupon } });
  }
  if (type === 'consent-changed' && consent !== undefined) {
    facts.push({ ...about, type: 'customer.consent-changed.v1', data: { origin, ...consent } });
  }
  if (type === 'message-unsubscribed') {
    // Who unsubscribes without saying from what, unsubscribes from e-mail: the only channel with such a link.
    const data = { origin, channel: consent?.channel ?? ('email' as const), granted: false };
    facts.push({ ...about, type: 'customer.consent-changed.v1', data });
  }
  if (type === 'identified') {
    const data = { origin, ...(record.email === undefined ? {} : { email: record.email }) };
    facts.push({ ...about, type: 'customer.identified.v1', data });
  }
  return facts;
}
