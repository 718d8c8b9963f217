// customer.features: one record per behaviour event, with what is known of the customer from then on: the inputs of the model,
// and what scoring passes on to dispatch. Who it is about, and origin and times, as in behavior-event.ts.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire } from './behavior-event.js';
import { literals, type Timed, timedCodec } from './wire.js';

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
    source: Type.Optional(
      Type.String({
        description: '`sender` and `app` of the event: what falls silent together when something is broken',
      }),
    ),
    kind: literals(['activity', 'notice']),
    late: Type.Boolean({ description: "happened before the customer's newest event so far" }),
    x: Type.Union([Type.Array(Type.Number()), Type.Null()], {
      description:
        'what this event alone tells the model, one step of its recurrent network, in the order of STEP_INPUTS of libs/features; null for ' +
        'views that are counted with the one before (one step per five) and for events the network does not see',
    }),
    rebuilt: Type.Optional(
      Type.Array(
        Type.Object({
          at: Type.Integer({ description: 'when it happened, epoch milliseconds' }),
          kind: literals(['activity', 'notice']),
          x: Type.Union([Type.Array(Type.Number()), Type.Null()]),
          w: Type.Optional(
            Type.Array(Type.Number(), { description: 'as of `at`; absent where the event is older than a week' }),
          ),
        }),
        {
          description:
            'where the event belongs before others that were told of already: it and all that happened from `occurredAt` on, anew and in order. In place of ' +
            'the steps from there on, `x` included',
        },
      ),
    ),
    w: Type.Array(Type.Number(), {
      description:
        'the sum of all events so far, the wide input of the network: counts, money, gaps and days since, in the order of COUNTERS of ' +
        'libs/features; -1 days: never. As of `at`; where history is imported late, as of the newest `at` so far, for counters never go back',
    }),
    featureSet: Type.String({ description: 'hash of the ordered feature set that `x` and `w` follow' }),
    firstSeenAt: Type.String(),
    lastActivityAt: Type.Union([Type.String(), Type.Null()], {
      description: 'silence counts from here; null: never acted',
    }),
    lastPurchaseAt: Type.Union([Type.String(), Type.Null()]),
    profile: Type.Object({
      events: Type.Integer(),
      sessions: Type.Integer(),
      orders: Type.Integer(),
      spendMinor: Type.Number({ description: 'minor units of the base currency, refunds subtracted' }),
    }),
    orderId: event.orderId,
    amountMinor: Type.Optional(Type.Number({ description: "minor units of the shop's base currency, never negative" })),
    coupon: event.coupon,
    decisionId: event.decisionId,
    email: event.email,
    consent: event.consent,
  },
  { $id: 'customer.features/1', description: 'What is known of a customer after an event.' },
);

const times = ['at', 'occurredAt', 'importedAt', 'firstSeenAt', 'lastActivityAt', 'lastPurchaseAt'] as const;
export type FeatureRecord = Timed<Static<typeof featureRecordWire>, (typeof times)[number]>;
export const featureRecordCodec = timedCodec(featureRecordWire, times);
