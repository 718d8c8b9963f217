// The fold over a customer's events: (state, event) → (state, record). The same code in training and serving.
import {
  type BehaviorEvent,
  DAY,
  EVENT_TYPES,
  type FeatureRecord,
  HOUR,
  isActivity,
  type Millis,
  MINUTE,
} from '@holdfast/schemas';

import { categoryBucket } from './category.js';
import { countersAt } from './counters.js';
import { copyFeatures, type CustomerFeatures, nobody, SERIES, type Series } from './customer-features.js';
import { decayFactors, HALF_LIVES } from './decay.js';
import { FEATURE_SET_HASH } from './feature-set.js';
import { addGap } from './gaps.js';
import { DEVICES } from './step-inputs.js';

/** Silence that ends a session. */
export const SESSION_GAP: Millis = 30 * MINUTE;
/** Views of one session that make one step. */
export const VIEWS_PER_STEP = 5;

/** Notices about the record itself, not about the customer: they are no step of the network. */
const SILENT_TYPES: ReadonlySet<string> = new Set(['identified', 'consent-changed']);

const factors = new Float64Array(HALF_LIVES);
const ageing = new Float64Array(HALF_LIVES);
const clip = (value: number, max: number): number => (value > 0 ? Math.min(value, max) : 0);

/** Amount of an event in minor units of the base currency, within 0..1e12. */
export function baseAmount(event: BehaviorEvent): number {
  const amount = event.amountMinor ?? event.lines?.reduce((sum, line) => sum + line.amountMinor, 0) ?? 0;
  return clip(Math.abs(amount) * (event.rate ?? 1), 1e12);
}

/**
 * Applies one event. `state` undefined: the customer's first. Never mutates `state`. An event time after `receivedAt` counts as
 * `receivedAt`; an event older than the customer's last is `late`: counted, but it leaves no gap and ends no silence twice.
 */
export function applyEvent(
  state: CustomerFeatures | undefined,
  event: BehaviorEvent,
): { state: CustomerFeatures; record: FeatureRecord } {
  const next = state ? copyFeatures(state) : nobody();
  const at = event.receivedAt;
  // 0 means never.
  const occurredAt = Math.max(1, Math.min(event.occurredAt, at));
  const activity = isActivity(event.type);
  const late = occurredAt < next.lastEventAt;
  const gap = next.lastActivityAt === 0 ? 0 : Math.max(0, occurredAt - next.lastActivityAt);
  const newSession = activity && (next.lastActivityAt === 0 || gap > SESSION_GAP);
  const recencyDays = next.lastPurchaseAt === 0 ? -1 : Math.max(0, occurredAt - next.lastPurchaseAt) / DAY;
  const amount = baseAmount(event);
  const items = clip(event.lines?.length ?? event.quantity ?? (event.type === 'purchase' ? 1 : 0), 1e6);

  advance(next, at);
  next.events += 1;
  next.firstSeenAt = next.firstSeenAt === 0 ? occurredAt : Math.min(next.firstSeenAt, occurredAt);
  next.lastEventAt = Math.max(next.lastEventAt, occurredAt);
  if (activity) {
    if (newSession) startSession(next, gap);
    next.activities += 1;
    next.eventsInSession += 1;
    next.lastActivityAt = Math.max(next.lastActivityAt, occurredAt);
    add(next, 'activities', 1, occurredAt);
  }
  count(next, event, { amount, items, occurredAt });

  const collapsed = event.type === 'view' && (next.viewsInSession - 1) % VIEWS_PER_STEP !== 0;
  const x =
    collapsed || SILENT_TYPES.has(event.type)
      ? null
      : [
          EVENT_TYPES.indexOf(event.type), amount, items, gap / HOUR, newSession ? 1 : 0, next.eventsInSession,
          (occurredAt % DAY) / HOUR, (Math.floor(occurredAt / DAY) + 4) % 7, (event.discountMinor ?? 0) > 0 ? 1 : 0,
          next.events === 1 ? 1 : 0, event.device ? DEVICES.indexOf(event.device) + 1 : 0,
          categoryBucket(event.category ?? event.lines?.[0]?.category), next.events,
          (next.lastEventAt - next.firstSeenAt) / DAY, recencyDays,
        ].map((value) => Math.round(value * 1e5) / 1e5); // prettier-ignore
  return { state: next, record: recordOf(event, next, { x, late, occurredAt, amount }) };
}

/** Moves the decayed counters to `at`; time never goes back. */
function advance(next: CustomerFeatures, at: Millis): void {
  if (next.asOf === 0) next.asOf = at;
  if (at <= next.asOf) return;
  decayFactors((at - next.asOf) / DAY, factors);
  for (let i = 0; i < next.decayed.length; i++) next.decayed[i]! *= factors[i % HALF_LIVES]!;
  next.asOf = at;
}

/** Adds to a decayed series what happened at `occurredAt`, already decayed to `asOf`. */
function add(next: CustomerFeatures, series: Series, value: number, occurredAt: Millis): void {
  const start = SERIES.indexOf(series) * HALF_LIVES;
  decayFactors(Math.max(0, next.asOf - occurredAt) / DAY, ageing);
  for (let k = 0; k < HALF_LIVES; k++) next.decayed[start + k]! += value * ageing[k]!;
}

function startSession(next: CustomerFeatures, gap: Millis): void {
  if (next.sessions > 0) addGap(next.sessionGaps, gap / DAY);
  next.sessions += 1;
  next.eventsInSession = 0;
  next.viewsInSession = 0;
  next.cartOpen = 0;
}

interface Counted {
  readonly amount: number;
  readonly items: number;
  readonly occurredAt: Millis;
}

function count(next: CustomerFeatures, event: BehaviorEvent, { amount, items, occurredAt }: Counted): void {
  if (event.type === 'coupon-applied' || (event.type === 'purchase' && event.coupon !== undefined)) {
    next.coupons += 1;
    next.lastCouponAt = Math.max(next.lastCouponAt, occurredAt);
  }
  switch (event.type) {
    case 'view':
      next.views += 1;
      next.viewsInSession += 1;
      return;
    case 'cart':
    case 'checkout':
      next.carts += 1;
      next.lastCartAt = Math.max(next.lastCartAt, occurredAt);
      if (next.cartOpen === 0) next.cartEpisodes += 1;
      next.cartOpen = 1;
      add(next, 'carts', 1, occurredAt);
      return;
    case 'refund':
    case 'cancel':
      next.refunds += 1;
      next.refunded += amount;
      next.lastRefundAt = Math.max(next.lastRefundAt, occurredAt);
      return;
    case 'purchase':
      countPurchase(next, { amount, items, occurredAt });
      return;
    default:
      return;
  }
}

function countPurchase(next: CustomerFeatures, { amount, items, occurredAt }: Counted): void {
  if (next.orders > 0 && occurredAt >= next.lastPurchaseAt) {
    addGap(next.purchaseGaps, (occurredAt - next.lastPurchaseAt) / DAY);
  }
  if (occurredAt >= next.lastPurchaseAt) {
    next.lastAmount = amount;
    next.lastItems = items;
    next.lastPurchaseAt = occurredAt;
  }
  next.firstPurchaseAt = next.orders === 0 ? occurredAt : Math.min(next.firstPurchaseAt, occurredAt);
  next.orders += 1;
  next.spend += amount;
  next.items += items;
  if (next.cartOpen === 1) next.cartsBought += 1;
  next.cartOpen = 0;
  add(next, 'purchases', 1, occurredAt);
  add(next, 'spend', amount, occurredAt);
}

interface Derived {
  readonly x: number[] | null;
  readonly late: boolean;
  readonly occurredAt: Millis;
  readonly amount: number;
}

const sourceOf = ({ sender, app }: BehaviorEvent): Pick<FeatureRecord, 'source'> => {
  const source = [sender, app].filter((part) => part !== undefined).join(' ');
  return source === '' ? {} : { source };
};

function recordOf(
  event: BehaviorEvent,
  next: CustomerFeatures,
  { x, late, occurredAt, amount }: Derived,
): FeatureRecord {
  const hasAmount = event.amountMinor !== undefined || event.lines !== undefined;
  return {
    shop: event.shop,
    customer: event.customer,
    messageId: event.messageId,
    type: event.type,
    at: event.receivedAt,
    occurredAt,
    origin: event.origin,
    ...(event.importedAt === undefined ? {} : { importedAt: event.importedAt }),
    ...sourceOf(event),
    kind: isActivity(event.type) ? 'activity' : 'notice',
    late,
    x,
    w: countersAt(next, next.asOf),
    featureSet: FEATURE_SET_HASH,
    firstSeenAt: next.firstSeenAt,
    lastActivityAt: next.lastActivityAt === 0 ? null : next.lastActivityAt,
    lastPurchaseAt: next.lastPurchaseAt === 0 ? null : next.lastPurchaseAt,
    profile: {
      events: next.events,
      sessions: next.sessions,
      orders: next.orders,
      spendMinor: Math.round(next.spend - next.refunded),
    },
    ...(event.orderId === undefined ? {} : { orderId: event.orderId }),
    ...(hasAmount ? { amountMinor: Math.round(amount) } : {}),
    ...(event.coupon === undefined ? {} : { coupon: event.coupon }),
    ...(event.decisionId === undefined ? {} : { decisionId: event.decisionId }),
    ...(event.email === undefined ? {} : { email: event.email }),
    ...(event.consent === undefined ? {} : { consent: event.consent }),
  };
}
