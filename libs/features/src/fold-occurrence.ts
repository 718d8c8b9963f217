// The fold over what a customer did: (state, occurrence) → (state, step input). The same code in training and serving.
import { DAY, EVENT_TYPES, type EventType, HOUR, isActivity, type Millis, MINUTE } from '@holdfast/schemas';

import { copyFeatures, type CustomerFeatures, nobody, SERIES, type Series } from './customer-features.js';
import { decayFactors, HALF_LIVES } from './decay.js';
import { addGap } from './gaps.js';
import { type Occurrence } from './occurrence.js';

/** Silence that ends a session. */
export const SESSION_GAP: Millis = 30 * MINUTE;
/** Views of one session that make one step. */
export const VIEWS_PER_STEP = 5;

/** Notices about the record itself, not about the customer: they are no step of the network. */
const SILENT_TYPES: ReadonlySet<EventType> = new Set(['identified', 'consent-changed']);

const factors = new Float64Array(HALF_LIVES);
const ageing = new Float64Array(HALF_LIVES);

/** A state, and what the occurrence that led to it tells the network: x [STEP_INPUTS.length], null where it is no step. */
export interface Folded {
  readonly state: CustomerFeatures;
  readonly x: number[] | null;
}

/**
 * Adds one occurrence. `state` undefined: the customer's first. Never mutates `state`. One that is older than the customer's last leaves no gap and
 * ends no silence twice.
 */
export function foldOccurrence(state: CustomerFeatures | undefined, occurrence: Occurrence): Folded {
  const next = state ? copyFeatures(state) : nobody();
  const { at, amount, items } = occurrence;
  const type = EVENT_TYPES[occurrence.type]!;
  const activity = isActivity(type);
  const gap = next.lastActivityAt === 0 ? 0 : Math.max(0, at - next.lastActivityAt);
  const newSession = activity && (next.lastActivityAt === 0 || gap > SESSION_GAP);
  const recencyDays = next.lastPurchaseAt === 0 ? -1 : Math.max(0, at - next.lastPurchaseAt) / DAY;

  advance(next, at);
  next.events += 1;
  next.firstSeenAt = next.firstSeenAt === 0 ? at : Math.min(next.firstSeenAt, at);
  next.lastEventAt = Math.max(next.lastEventAt, at);
  if (activity) {
    if (newSession) startSession(next, gap);
    next.activities += 1;
    next.eventsInSession += 1;
    next.lastActivityAt = Math.max(next.lastActivityAt, at);
    add(next, 'activities', 1, at);
  }
  count(next, type, occurrence);

  const collapsed = type === 'view' && (next.viewsInSession - 1) % VIEWS_PER_STEP !== 0;
  if (collapsed || SILENT_TYPES.has(type)) return { state: next, x: null };
  const x = [
    occurrence.type, amount, items, gap / HOUR, newSession ? 1 : 0, next.eventsInSession, (at % DAY) / HOUR,
    (Math.floor(at / DAY) + 4) % 7, occurrence.discount ? 1 : 0, next.events === 1 ? 1 : 0, occurrence.device,
    occurrence.category, next.events, (next.lastEventAt - next.firstSeenAt) / DAY, recencyDays,
  ].map((value) => Math.round(value * 1e5) / 1e5); // prettier-ignore
  return { state: next, x };
}

/** Moves the decayed counters to `at`; time never goes back. */
function advance(next: CustomerFeatures, at: Millis): void {
  if (next.asOf === 0) next.asOf = at;
  if (at <= next.asOf) return;
  decayFactors((at - next.asOf) / DAY, factors);
  for (let i = 0; i < next.decayed.length; i++) next.decayed[i]! *= factors[i % HALF_LIVES]!;
  next.asOf = at;
}

/** Adds to a decayed series what happened at `at`, already decayed to `asOf`. */
function add(next: CustomerFeatures, series: Series, value: number, at: Millis): void {
  const start = SERIES.indexOf(series) * HALF_LIVES;
  decayFactors(Math.max(0, next.asOf - at) / DAY, ageing);
  for (let k = 0; k < HALF_LIVES; k++) next.decayed[start + k]! += value * ageing[k]!;
}

function startSession(next: CustomerFeatures, gap: Millis): void {
  if (next.sessions > 0) addGap(next.sessionGaps, gap / DAY);
  next.sessions += 1;
  next.eventsInSession = 0;
  next.viewsInSession = 0;
  next.cartOpen = 0;
}

function count(next: CustomerFeatures, type: EventType, occurrence: Occurrence): void {
  const { at, amount } = occurrence;
  if (occurrence.coupon) {
    next.coupons += 1;
    next.lastCouponAt = Math.max(next.lastCouponAt, at);
  }
  switch (type) {
    case 'view':
      next.views += 1;
      next.viewsInSession += 1;
      return;
    case 'cart':
    case 'checkout':
      next.carts += 1;
      next.lastCartAt = Math.max(next.lastCartAt, at);
      if (next.cartOpen === 0) next.cartEpisodes += 1;
      next.cartOpen = 1;
      add(next, 'carts', 1, at);
      return;
    case 'refund':
    case 'cancel':
      next.refunds += 1;
      next.refunded += amount;
      next.lastRefundAt = Math.max(next.lastRefundAt, at);
      return;
    case 'purchase':
      countPurchase(next, occurrence);
      return;
    default:
      return;
  }
}

function countPurchase(next: CustomerFeatures, { amount, items, at }: Occurrence): void {
  if (next.orders > 0 && at >= next.lastPurchaseAt) addGap(next.purchaseGaps, (at - next.lastPurchaseAt) / DAY);
  if (at >= next.lastPurchaseAt) {
    next.lastAmount = amount;
    next.lastItems = items;
    next.lastPurchaseAt = at;
  }
  next.firstPurchaseAt = next.orders === 0 ? at : Math.min(next.firstPurchaseAt, at);
  next.orders += 1;
  next.spend += amount;
  next.items += items;
  if (next.cartOpen === 1) next.cartsBought += 1;
  next.cartOpen = 0;
  add(next, 'purchases', 1, at);
  add(next, 'spend', amount, at);
}
