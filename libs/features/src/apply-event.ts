// The fold over a customer's events, one after the other as they come: (state, event) → (state, record).
import { type BehaviorEvent, type FeatureRecord, isActivity } from '@holdfast/schemas';

import { countersAt } from './counters.js';
import { type CustomerFeatures } from './customer-features.js';
import { FEATURE_SET_HASH } from './feature-set.js';
import { foldOccurrence } from './fold-occurrence.js';
import { baseAmount, occurrenceOf } from './occurrence.js';

/**
 * Applies one event. `state` undefined: the customer's first. Never mutates `state`. An event time after `receivedAt` counts as
 * `receivedAt`; an event older than the customer's last is `late`: counted, but it leaves no gap and ends no silence twice.
 */
export function applyEvent(
  state: CustomerFeatures | undefined,
  event: BehaviorEvent,
): { state: CustomerFeatures; record: FeatureRecord } {
  const occurrence = occurrenceOf(event);
  const folded = foldOccurrence(state, occurrence);
  const { at: occurredAt } = occurrence;
  const late = occurredAt < (state?.lastEventAt ?? 0);
  return { state: folded.state, record: recordOf(event, folded.state, { x: folded.x, late, occurredAt }) };
}

/** What the event itself adds to the record. */
type News = Pick<FeatureRecord, 'x' | 'late' | 'occurredAt' | 'rebuilt'>;

/** The record that tells of an event; `now` is the customer after it. */
export function recordOf(event: BehaviorEvent, now: CustomerFeatures, news: News): FeatureRecord {
  const hasAmount = event.amountMinor !== undefined || event.lines !== undefined;
  return {
    shop: event.shop,
    customer: event.customer,
    messageId: event.messageId,
    type: event.type,
    at: event.receivedAt,
    origin: event.origin,
    ...(event.importedAt === undefined ? {} : { importedAt: event.importedAt }),
    ...sourceOf(event),
    kind: isActivity(event.type) ? 'activity' : 'notice',
    ...news,
    w: countersAt(now, Math.max(now.asOf, event.receivedAt)),
    featureSet: FEATURE_SET_HASH,
    firstSeenAt: now.firstSeenAt,
    lastActivityAt: now.lastActivityAt === 0 ? null : now.lastActivityAt,
    lastPurchaseAt: now.lastPurchaseAt === 0 ? null : now.lastPurchaseAt,
    profile: {
      events: now.events,
      sessions: now.sessions,
      orders: now.orders,
      spendMinor: Math.round(now.spend - now.refunded),
    },
    ...(event.orderId === undefined ? {} : { orderId: event.orderId }),
    ...(hasAmount ? { amountMinor: Math.round(baseAmount(event)) } : {}),
    ...(event.coupon === undefined ? {} : { coupon: event.coupon }),
    ...(event.decisionId === undefined ? {} : { decisionId: event.decisionId }),
    ...(event.email === undefined ? {} : { email: event.email }),
    ...(event.consent === undefined ? {} : { consent: event.consent }),
  };
}

const sourceOf = ({ sender, app }: BehaviorEvent): Pick<FeatureRecord, 'source'> => {
  const source = [sender, app].filter((part) => part !== undefined).join(' ');
  return source === '' ? {} : { source };
};
