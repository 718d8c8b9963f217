// behavior.events: what customers did and what was done to them, one record an event. The record that everything else follows
// from.
//
// Silence is the time since a customer's last *activity*; whatever is only done to them, a *notice*, does not end it. A
// record's time is when we knew (`receivedAt`), which may be after it happened (`occurredAt`): late news changes what is known,
// but is no act of now. Imported history alone has its own time: when it happened.
import { type Static, Type } from '@sinclair/typebox';

import { literals, type Timed, timedCodec } from './wire.js';

/** Event types by which a customer *acts*. Only these end silence. */
export const ACTIVITY_TYPES = [
  'view', 'search', 'cart', 'checkout', 'purchase', 'refund', 'cancel', 'review', 'wishlist', 'share', 'login',
  'survey-answered', 'support-opened', 'message-clicked', 'coupon-applied',
] as const; // prettier-ignore

/**
 * Event types that are done *to* a customer or are unsure. They do not end silence. Inputs of the model, but for `identified`
 * and `consent-changed`, which are only counted.
 */
export const NOTICE_TYPES = [
  'message-delivered', 'message-opened', 'message-unsubscribed', 'delivery-late', 'coupon-denied', 'support-resolved',
  'consent-changed', 'identified', 'custom',
] as const; // prettier-ignore

export const EVENT_TYPES = [...ACTIVITY_TYPES, ...NOTICE_TYPES] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const activities: ReadonlySet<string> = new Set(ACTIVITY_TYPES);
/** True when the customer acted, so that silence ends. */
export const isActivity = (type: EventType): boolean => activities.has(type);

/**
 * Where knowledge came from, and what it may lead to. `live`: taken in as it happened; only a crossing of this origin leads to
 * a message that is sent. `import`: history that a shop sends later (/v1/import); whatever became true up to the import
 * (`importedAt`) is `import`, silence that goes on after it is `live`. `replay`: taken in while a replay held the log's clock;
 * what follows is `replay` too, until the customer acts again outside of it. `what-if`: only supposed; no service writes it
 * yet. Decisions about crossings of the last three are simulated: made, drawn and settled apart from the real ones, and never
 * sent.
 *
 * Facts (consents, addresses, payments) are never simulated: whatever their origin they are the shop's own history, so a consent
 * given in a replay or an import allows a real message later, and one withdrawn forbids it. What is not the shop's own must
 * therefore not be replayed into a log that is to serve it.
 */
export const ORIGINS = ['live', 'import', 'replay', 'what-if'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Channels a customer can be reached by, and consent is given for. */
export const CHANNELS = ['email', 'sms', 'push', 'in-app', 'webhook', 'staff'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A text without U+0000, which PostgreSQL refuses. */
const name = (maxLength: number, description?: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000]*$',
    ...(description === undefined ? {} : { description }),
  });

const lineWire = Type.Object({
  sku: name(200),
  quantity: Type.Number({ minimum: 0 }),
  amountMinor: Type.Integer({ description: 'whole line, minor units' }),
  category: Type.Optional(name(200)),
});

export const behaviorEventWire = Type.Object(
  {
    messageId: name(200, "the sender's, unique in its shop; an event that comes again under it is dropped by features"),
    shop: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^/\\u0000]*$' }),
    customer: name(200, "the sender's id: `userId`, else `anonymousId`"),
    type: literals(EVENT_TYPES),
    occurredAt: Type.String({ description: 'when it happened, ISO 8601; ingest makes it no later than receivedAt' }),
    receivedAt: Type.String({
      description:
        "when we knew, ISO 8601: the record's time; of imported history when it happened, unless the import says otherwise",
    }),
    origin: literals(ORIGINS),
    importedAt: Type.Optional(
      Type.String({ description: 'wall clock when an imported or replayed event was taken in, ISO 8601' }),
    ),
    sender: Type.Optional(name(100, 'what sent it: a library like `analytics.js`, or the layout of a data file')),
    app: Type.Optional(name(100, 'the app it came from and its version, like `shop-ios 4.2.1`')),
    session: Type.Optional(name(200, "the sender's; features makes its own sessions, ended by 30 minutes of silence")),
    device: Type.Optional(literals(['desktop', 'mobile', 'tablet', 'tv', 'other'] as const)),
    name: Type.Optional(name(200, "the sender's name of the event or page; of a search what was looked for")),
    orderId: Type.Optional(name(200)),
    amountMinor: Type.Optional(
      Type.Integer({ description: 'minor units of `currency`; the sign is ignored: refunds are positive too' }),
    ),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    rate: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "`amountMinor` times this is minor units of the shop's base currency",
      }),
    ),
    discountMinor: Type.Optional(Type.Integer({ description: 'given, minor units of `currency`' })),
    quantity: Type.Optional(Type.Number({ minimum: 0 })),
    sku: Type.Optional(name(200)),
    category: Type.Optional(name(200)),
    coupon: Type.Optional(name(100, 'a code: used on this order, or applied (`coupon-applied`)')),
    lines: Type.Optional(Type.Array(lineWire)),
    decisionId: Type.Optional(name(200, 'the decision whose message led here, where the sender knows it')),
    email: Type.Optional(name(320)),
    consent: Type.Optional(Type.Object({ channel: literals(CHANNELS), granted: Type.Boolean() })),
  },
  { $id: 'behavior.events/1', description: 'One thing a customer did, or that was done to them.' },
);

/** One thing a customer did, or that was done to them. Times in milliseconds, money in minor units. */
export type BehaviorEvent = Timed<Static<typeof behaviorEventWire>, 'occurredAt' | 'receivedAt' | 'importedAt'>;
export type OrderLine = Static<typeof lineWire>;
export const behaviorEventCodec = timedCodec(behaviorEventWire, ['occurredAt', 'receivedAt', 'importedAt']);
