// The canaries: one made-up customer a partition, who buys something every minute and is silent in between. Half a minute later they must
// have crossed, by silence, on the way that every customer goes: when one does not, silence is not noticed there. They belong to a shop of
// their own, are told of under a type of their own, and are counted nowhere.
import { type BehaviorEvent } from './behavior-event.js';
import { customerKey } from './partition.js';
import { type Millis, MINUTE } from './time.js';

/** No write key can be for it. */
export const CANARY_SHOP = '~canary';
/** How often they buy. */
export const CANARY_EVERY: Millis = MINUTE;
/** The silence after which they cross. */
export const CANARY_SILENCE: Millis = MINUTE / 2;

export const isCanary = (shop: string): boolean => shop === CANARY_SHOP;
const prefix = customerKey(CANARY_SHOP, '');
/** Whether a record is about one of them. */
export const isCanaryKey = (key: string | null): boolean => key?.startsWith(prefix) ?? false;

/** The purchase of a partition's canary. In one minute it is the same one, which counts once. */
export const canaryEvent = (partition: number, at: Millis): BehaviorEvent => ({
  messageId: `${partition}-${Math.floor(at / CANARY_EVERY)}`,
  shop: CANARY_SHOP,
  customer: String(partition),
  type: 'purchase',
  occurredAt: at,
  receivedAt: at,
  origin: 'live',
  amountMinor: 100,
});

/** The partition that a canary sits in. */
export const canaryPartition = (customer: string): number => Number(customer);
