// The step input x: one raw vector per event for the recurrent network, and its encoding for a release. No absolute date.
import { EVENT_TYPES, type EventType } from '@holdfast/schemas';

import { CATEGORY_BUCKETS } from './category.js';
import { type Scale, scaledAmount, unitDays } from './scale.js';

/** Names of x, in order. Hours and weekday in UTC; `-1` days: never. */
export const STEP_INPUTS = [
  'type', 'amountMinor', 'quantity', 'gapHours', 'newSession', 'eventsInSession', 'hour', 'weekday', 'discount', 'first',
  'device', 'category', 'events', 'tenureDays', 'recencyDays',
] as const; // prettier-ignore

/** Position of an input in x. */
export const STEP = Object.fromEntries(STEP_INPUTS.map((name, i) => [name, i])) as Record<
  (typeof STEP_INPUTS)[number],
  number
>;

/** Devices by number, from 1. 0: unknown. */
export const DEVICES = ['desktop', 'mobile', 'tablet', 'tv', 'other'] as const;

/** Types that mean the same to the network share one input: rare types would otherwise never be learnt. */
const GROUPS: readonly (readonly EventType[])[] = [
  ['view'], ['search'], ['cart'], ['checkout'], ['purchase'], ['refund', 'cancel'],
  ['review', 'wishlist', 'share', 'login'], ['survey-answered', 'support-opened', 'support-resolved'],
  ['message-clicked', 'coupon-applied'], ['message-delivered', 'message-opened'],
  ['message-unsubscribed', 'delivery-late', 'coupon-denied'], ['consent-changed', 'identified', 'custom'],
]; // prettier-ignore

const groupOf: readonly number[] = EVENT_TYPES.map((type) => GROUPS.findIndex((group) => group.includes(type)));

/** Size of the encoded step input, without the category's embedding. */
export const STEP_SIZE = GROUPS.length + 17;

/** Category bucket 0..63 of a raw step input, for the embedding. */
export function categoryOf(x: readonly number[]): number {
  const bucket = Math.trunc(x[STEP.category] ?? 0);
  return bucket > 0 && bucket < CATEGORY_BUCKETS ? bucket : 0;
}

const turn = 2 * Math.PI;

/**
 * Writes the network input of raw `x` to `out[offset … offset + STEP_SIZE)`.
 * @param x [STEP_INPUTS.length]
 */
export function encodeStep(x: readonly number[], scale: Scale, out: Float32Array, offset = 0): void {
  const unit = unitDays(scale);
  const uDays = x[STEP.gapHours]! / 24 / unit;
  let i = offset;
  out.fill(0, i, i + GROUPS.length);
  out[i + (groupOf[x[STEP.type]!] ?? GROUPS.length - 1)] = 1;
  i += GROUPS.length;
  out[i++] = scaledAmount(x[STEP.amountMinor]!, scale) / 3;
  out[i++] = Math.log1p(x[STEP.quantity]!) / 2;
  out[i++] = Math.log1p(24 * uDays) / 4;
  out[i++] = Math.min(uDays, 90) / 90;
  out[i++] = x[STEP.newSession]!;
  out[i++] = Math.log1p(x[STEP.eventsInSession]!) / 2;
  const hour = (turn * x[STEP.hour]!) / 24;
  const weekday = (turn * x[STEP.weekday]!) / 7;
  out[i++] = Math.sin(hour);
  out[i++] = Math.cos(hour);
  out[i++] = Math.sin(weekday);
  out[i++] = Math.cos(weekday);
  out[i++] = x[STEP.discount]!;
  out[i++] = x[STEP.first]!;
  out[i++] = x[STEP.device] === 1 ? 1 : 0;
  out[i++] = x[STEP.device] === 2 || x[STEP.device] === 3 ? 1 : 0;
  out[i++] = Math.log1p(x[STEP.events]!) / 4;
  out[i++] = Math.log1p(Math.max(0, x[STEP.tenureDays]!) / unit) / 4;
  out[i++] = x[STEP.recencyDays]! < 0 ? 1.5 : Math.log1p(x[STEP.recencyDays]! / unit) / 4;
}
