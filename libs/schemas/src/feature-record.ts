// customer.features: one record per behaviour event, with the inputs of the model as of that event.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire } from './behavior-event.js';
import { type Timed, timedCodec } from './wire.js';

const event = behaviorEventWire.properties;

export const featureRecordWire = Type.Object(
  {
    shop: event.shop,
    customer: event.customer,
    messageId: event.messageId,
    type: event.type,
    at: Type.String({ description: 'receivedAt of the event: the time of this record' }),
    occurredAt: event.occurredAt,
    origin: event.origin,
    importedAt: event.importedAt,
    kind: Type.Union([Type.Literal('activity'), Type.Literal('notice')]),
    late: Type.Boolean({ description: "older than the customer's last event" }),
    x: Type.Union([Type.Array(Type.Number()), Type.Null()], {
      description:
        'raw step input, in the order of STEP_INPUTS of libs/features; null where a burst of views is collapsed',
    }),
    w: Type.Array(Type.Number(), {
      description: 'running counters as of this event, in the order of COUNTERS of libs/features',
    }),
    featureSet: Type.String({ description: 'hash of the ordered feature set that `x` and `w` follow' }),
    firstSeenAt: Type.String(),
    lastActivityAt: Type.Union([Type.String(), Type.Null()]),
    lastPurchaseAt: Type.Union([Type.String(), Type.Null()]),
    profile: Type.Object({
      events: Type.Integer(),
      sessions: Type.Integer(),
      orders: Type.Integer(),
      spendMinor: Type.Number({ description: 'base currency, refunds subtracted' }),
      segment: Type.Union([Type.String(), Type.Null()]),
    }),
    orderId: event.orderId,
    amountMinor: Type.Optional(Type.Number({ description: "in the shop's base currency" })),
    coupon: event.coupon,
    decisionId: event.decisionId,
    email: event.email,
    consent: event.consent,
  },
  { $id: 'customer.features/1' },
);

const times = ['at', 'occurredAt', 'importedAt', 'firstSeenAt', 'lastActivityAt', 'lastPurchaseAt'] as const;
export type FeatureRecord = Timed<Static<typeof featureRecordWire>, (typeof times)[number]>;
export const featureRecordCodec = timedCodec(featureRecordWire, times);
