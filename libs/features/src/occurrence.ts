// What the fold needs of an event, and the order in which it takes them.
import { type BehaviorEvent, EVENT_TYPES, type Millis } from '@holdfast/schemas';

import { categoryBucket } from './category.js';
import { DEVICES } from './step-inputs.js';

/** Something that happened. */
export interface Occurrence {
  /** When: never after it was heard of, and never 0, which means never. */
  readonly at: Millis;
  /** Message id. */
  readonly id: string;
  /** Place in EVENT_TYPES. */
  readonly type: number;
  /** Minor units of the base currency, 0..1e12. */
  readonly amount: number;
  /** 0..1e6. */
  readonly items: number;
  /** It came at a lower price. */
  readonly discount: boolean;
  /** A code was used. */
  readonly coupon: boolean;
  /** Place in DEVICES from 1, 0: not known. */
  readonly device: number;
  /** Bucket of the category. */
  readonly category: number;
}

const clip = (value: number, max: number): number => (value > 0 ? Math.min(value, max) : 0);

/** Amount of an event in minor units of the base currency, within 0..1e12. */
export function baseAmount(event: BehaviorEvent): number {
  const amount = event.amountMinor ?? event.lines?.reduce((sum, line) => sum + line.amountMinor, 0) ?? 0;
  return clip(Math.abs(amount) * (event.rate ?? 1), 1e12);
}

/** What an event says happened. A time after `receivedAt` counts as `receivedAt`. */
export const occurrenceOf = (event: BehaviorEvent): Occurrence => ({
  at: Math.max(1, Math.min(event.occurredAt, event.receivedAt)),
  id: event.messageId,
  type: EVENT_TYPES.indexOf(event.type),
  amount: baseAmount(event),
  items: clip(event.lines?.length ?? event.quantity ?? (event.type === 'purchase' ? 1 : 0), 1e6),
  discount: (event.discountMinor ?? 0) > 0,
  coupon: event.type === 'coupon-applied' || (event.type === 'purchase' && event.coupon !== undefined),
  device: event.device ? DEVICES.indexOf(event.device) + 1 : 0,
  category: categoryBucket(event.category ?? event.lines?.[0]?.category),
});

/**
 * Below 0: `a` comes first. By time; of one instant, where only days are known, by type as a visit goes (a view, a cart, an order), then by
 * message id, the shorter one first, so that numbers that were given in turn keep their turn.
 */
export function inOrder(a: Occurrence, b: Occurrence): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.type !== b.type) return a.type - b.type;
  if (a.id.length !== b.id.length) return a.id.length - b.id.length;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
