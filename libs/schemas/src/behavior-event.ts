// behavior.events: what customers did and what was done to them. The record; everything else can be rebuilt from it.
import { type Static, Type } from '@sinclair/typebox';

import { type Timed, timedCodec } from './wire.js';

/** Event types by which a customer *acts*. Only these end silence. */
export const ACTIVITY_TYPES = [
  'view', 'search', 'cart', 'checkout', 'purchase', 'refund', 'cancel', 'review', 'wishlist', 'share', 'login',
  'survey-answered', 'support-opened', 'message-clicked', 'coupon-applied',
] as const; // prettier-ignore

/** Event types that are done *to* a customer or are unsure. Inputs of the model; they do not end silence. */
export const NOTICE_TYPES = [
  'message-delivered', 'message-opened', 'message-unsubscribed', 'delivery-late', 'coupon-denied', 'support-resolved',
  'consent-changed', 'identified', 'custom',
] as const; // prettier-ignore

export const EVENT_TYPES = [...ACTIVITY_TYPES, ...NOTICE_TYPES] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const activities: ReadonlySet<string> = new Set(ACTIVITY_TYPES);
/** True when the customer acted, so that silence ends. */
export const isActivity = (type: EventType): boolean => activities.has(type);

/** Where knowledge came from. Only `live` may leave the outbox. */
export const ORIGINS = ['live', 'import', 'replay', 'what-if'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Channels a customer can be reached by, and consent is given for. */
export const CHANNELS = ['email', 'sms', 'push', 'in-app', 'webhook', 'staff'] as const;
export type Channel = (typeof CHANNELS)[number];

const literals = <const T extends readonly string[]>(values: T) =>
  Type.Union(values.map((v) => Type.Literal(v as T[number])));
/** A text without U+0000, which PostgreSQL refuses. */
const name = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$' });

const lineWire = Type.Object({
  sku: name(200),
  quantity: Type.Number({ minimum: 0 }),
  amountMinor: Type.Integer({ description: 'whole line, minor units' }),
  category: Type.Optional(name(200)),
});

export const behaviorEventWire = Type.Object(
  {
    messageId: name(200),
    shop: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^/\\u0000]*$' }),
    customer: name(200),
    type: literals(EVENT_TYPES),
    occurredAt: Type.String({ description: 'when it happened, ISO 8601; never later than receivedAt' }),
    receivedAt: Type.String({ description: "when we knew, ISO 8601: the record's time" }),
    origin: literals(ORIGINS),
    importedAt: Type.Optional(
      Type.String({ description: 'wall clock when an imported or replayed event was taken in' }),
    ),
    source: Type.Optional(name(100)),
    session: Type.Optional(name(200)),
    device: Type.Optional(literals(['desktop', 'mobile', 'tablet', 'tv', 'other'] as const)),
    name: Type.Optional(name(200)),
    orderId: Type.Optional(name(200)),
    amountMinor: Type.Optional(Type.Integer({ description: 'minor units of `currency`; refunds are positive too' })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: "to the shop's base currency" })),
    discountMinor: Type.Optional(Type.Integer()),
    quantity: Type.Optional(Type.Number({ minimum: 0 })),
    sku: Type.Optional(name(200)),
    category: Type.Optional(name(200)),
    coupon: Type.Optional(name(100)),
    lines: Type.Optional(Type.Array(lineWire)),
    decisionId: Type.Optional(name(200)),
    email: Type.Optional(name(320)),
    consent: Type.Optional(Type.Object({ channel: literals(CHANNELS), granted: Type.Boolean() })),
  },
  { $id: 'behavior.events/1' },
);

/** One thing a customer did, or that was done to them. Times in milliseconds, money in minor units. */
export type BehaviorEvent = Timed<Static<typeof behaviorEventWire>, 'occurredAt' | 'receivedAt' | 'importedAt'>;
export type OrderLine = Static<typeof lineWire>;
export const behaviorEventCodec = timedCodec(behaviorEventWire, ['occurredAt', 'receivedAt', 'importedAt']);
