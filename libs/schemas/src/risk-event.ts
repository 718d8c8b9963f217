// customer.risk: what marketing tools subscribe to, CloudEvents 1.0: changes of tier, and in the customer's order the facts
// that dispatch goes by.
//
// Churn at a moment: no purchase within the next H days (the horizon), asked only of customers who are at risk, that is who
// have bought before and acted within the last A days (the active period). By default H is the shop's own rhythm, the first of
// 14, 30, 60, 90 and 180 days by which four of five gaps between purchases have ended, and A is 2 H. Both come with the model
// release (`horizonDays`, `activeDays`).
//
// Risk: the model's calibrated probability of churn at an instant. It is drawn after each event as a curve over the silence to
// come, which never falls, so silence alone can only raise it. Customers who have not bought yet have none; their tier is low.
//
// Tier: `medium` and `high` begin at thresholds of risk that come with the release, `lapsed` at A days of silence. Hysteresis:
// a tier is entered at its threshold, but left only at the threshold minus a margin, so that nobody flutters, and only when the
// customer acts. Whoever acts after the lapse is in the tier of their risk again.
//
// Crossing: the change into a worse tier, at an event or, in silence, at the instant at which the curve reaches the threshold.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire, CHANNELS, ORIGINS } from './behavior-event.js';
import { splitKey } from './partition.js';
import { type Millis, toIso } from './time.js';
import { checker, type Codec, encodeJson, instantOf, literals } from './wire.js';

/** From safe to gone. `lapsed`: silent for the whole active period; nothing more crosses, and no playbook calls for it. */
export const TIERS = ['low', 'medium', 'high', 'lapsed'] as const;
export type Tier = (typeof TIERS)[number];

const origin = Type.Object({ origin: literals(ORIGINS) });
const minor = (description: string) => Type.Number({ description: `${description}, minor units of the base currency` });

const forecastItem = {
  at: Type.String({ description: 'of the crossing if nothing happens, ISO 8601' }),
  probability: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'that the customer does not come again until then, as of `time` and once the present visit is over; absent: the release does not say',
    }),
  ),
  uncertainty: Type.Optional(
    Type.Object(
      {
        earliest: Type.String(),
        latest: Type.Union([Type.String(), Type.Null()], { description: 'null: not before the lapse' }),
      },
      {
        description:
          'how sure the model is of the instant, ISO 8601; absent: it is exact, as the lapse is, or not known',
      },
    ),
  ),
};

/** Where a customer stands. */
const situation = {
  origin: literals(ORIGINS),
  tier: Type.Object({ from: literals(TIERS), to: literals(TIERS) }),
  threshold: Type.Union([Type.Number(), Type.Null()], {
    description: 'risk at which `to` begins; null for low and lapsed',
  }),
  thresholdsVersion: Type.String({
    description:
      'hash of what decides the tiers: thresholds, hysteresis, active period; not of the model behind the risk',
  }),
  risk: Type.Number({ minimum: 0, maximum: 1, description: 'probability of churn at `time`; see `ranksOnly`' }),
  ranksOnly: Type.Optional(
    Type.Literal(true, {
      description:
        'so far `risk` only orders customers: no outcome in this shop was known to the model, so it is no probability, and no value at risk follows from it',
    }),
  ),
  silenceDays: Type.Number({ minimum: 0, description: "days since the customer's last activity, at `time`" }),
  valueAtRiskMinor: minor('risk × mean order value'),
  orders: Type.Integer({ description: 'purchases so far' }),
  segment: Type.Optional(
    Type.String({ description: 'what kind of customer, by recency, frequency and money; absent: not known' }),
  ),
  model: Type.String({ description: 'SHA-256 of the model release that drew the curve' }),
};

const forecastData = Type.Object({
  ...situation,
  leadDays: Type.Integer({ description: 'the forecast is made when the crossing is so far away, or already nearer' }),
  forecast: Type.String({
    description: "names this forecast among the customer's; where `crossing` is null, the one that is withdrawn",
  }),
  crossing: Type.Union([Type.Object(forecastItem), Type.Null()], {
    description: 'into `to`; null: what `supersedes` names no longer holds, for the customer has done something',
  }),
  supersedes: Type.Optional(
    Type.String({ description: "`forecast` of the customer's that no longer holds; absent: there was none" }),
  ),
});

const riskData = Type.Object({
  ...situation,
  cause: literals(['event', 'silence']),
  outage: Type.Optional(
    Type.Object(
      { source: Type.String({ description: '`source` of customer.features' }), from: Type.String() },
      {
        description:
          'why a crossing is held back or taken back: nothing came from what the customer last used, since `from`',
      },
    ),
  ),
  corrects: Type.Optional(
    Type.String({ description: '`time` of the crossing that is taken back: what decided by it is to be undone' }),
  ),
  forecast: Type.Array(Type.Object({ tier: literals(TIERS), ...forecastItem }), {
    description:
      'the next crossings if nothing happens, in order; the last one is the lapse, after which there are none',
  }),
  reasons: Type.Array(Type.Object({ name: Type.String(), weight: Type.Number() }), {
    description:
      'terms that add up to the logit of `risk`, log(risk / (1 − risk)), largest first; positive: towards churn. `history`: as it was known ' +
      'before the last event, `event`: what that changed, `silence`: what silence has added since',
  }),
  factors: Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), weight: Type.Number() }), {
      description:
        'the same logit by what is known of the customer, largest first: `average`, of somebody whose counters are all average and of whom the ' +
        'network remembers nothing; what `purchases`, `rhythm`, `visits`, `baskets` and `returns` change of it (Shapley values), how long ago they ' +
        'were among it; `memory`, in what order things happened; `silence`, what else time does',
    }),
  ),
});

/** Data of each event type. */
const dataByType = {
  'churn.risk.crossed.v1': riskData,
  'churn.risk.recovered.v1': riskData,
  'churn.risk.forecast.v1': forecastData,
  'churn.risk.corrected.v1': riskData,
  'churn.risk.suppressed.v1': riskData,
  'customer.purchased.v1': Type.Composite([
    origin,
    Type.Object({
      orderId: Type.Optional(Type.String()),
      amountMinor: minor('paid'),
      coupon: Type.Optional(Type.String({ description: 'the code used on this order: its redemption' })),
    }),
  ]),
  'customer.refunded.v1': Type.Composite([
    origin,
    Type.Object({ orderId: Type.Optional(Type.String()), amountMinor: minor('paid back or cancelled') }),
  ]),
  'customer.redeemed.v1': Type.Composite([
    origin,
    Type.Object({ coupon: Type.String({ description: 'a code applied in the shop, told apart from any order' }) }),
  ]),
  'customer.consent-changed.v1': Type.Composite([
    origin,
    Type.Object({ channel: literals(CHANNELS), granted: Type.Boolean() }),
  ]),
  'customer.identified.v1': Type.Composite([origin, Type.Object({ email: behaviorEventWire.properties.email })]),
  'holdfast.canary.v1': origin,
} as const;

const ABOUT: Record<RiskType, string> = {
  'churn.risk.crossed.v1': 'A customer has entered a worse tier.',
  'churn.risk.recovered.v1': 'A customer has returned to a better tier, by acting.',
  'churn.risk.forecast.v1':
    'A crossing is near if nothing happens, is to come at another instant than was told, or is no longer near.',
  'churn.risk.corrected.v1':
    'A crossing by silence is taken back: what the customer last used was out, so that their silence says nothing.',
  'churn.risk.suppressed.v1':
    'A crossing by silence is held back, for nothing comes from what the customer last used. Told once an outage; the customer stays in `tier.from`.',
  'customer.purchased.v1': 'A purchase: decisions are settled by it, and open ones closed.',
  'customer.refunded.v1': 'Money paid back, or an order cancelled.',
  'customer.redeemed.v1': 'A coupon code was applied.',
  'customer.consent-changed.v1': 'A customer has allowed or forbidden a channel.',
  'customer.identified.v1': 'A customer has said who they are; with an e-mail address they can be written to.',
  'holdfast.canary.v1':
    'The made-up customer of a partition has crossed by silence, as they must every minute. About nobody: pass it over.',
};

export const RISK_TYPES = Object.keys(dataByType) as readonly RiskType[];
export type RiskType = keyof typeof dataByType;
export type RiskData = Static<typeof riskData>;
export type ForecastData = Static<typeof forecastData>;

/** A risk event inside: discriminated by `type`; `at` is the instant it became true (CloudEvents `time`). */
export type RiskEvent = {
  [T in RiskType]: {
    readonly type: T;
    readonly shop: string;
    readonly customer: string;
    readonly at: Millis;
    /** After this instant acting on it is pointless (CloudEvents `expirytime`). */
    readonly expiresAt?: Millis;
    readonly data: Static<(typeof dataByType)[T]>;
  };
}[RiskType];

const cloudEvent = <T extends RiskType>(type: T) =>
  Type.Object(
    {
      specversion: Type.Literal('1.0'),
      id: Type.String({ minLength: 1 }),
      source: Type.Literal('/holdfast/scoring', { description: 'who speaks; not the header `source`' }),
      type: Type.Literal(type),
      subject: Type.String({ description: 'customer' }),
      time: Type.String({ description: 'the instant at which it became true, ISO 8601' }),
      sequence: Type.String({ description: "place among the customer's records, as in the header, in 12 digits" }),
      partitionkey: Type.String({ pattern: '^[^/]+/', description: 'shop/customer' }),
      expirytime: Type.Optional(
        Type.String({
          description:
            'after this acting on it is pointless. Of a crossing: H days later, or at the lapse if that is sooner; of a forecast: at the crossing',
        }),
      ),
      datacontenttype: Type.Literal('application/json'),
      data: dataByType[type],
    },
    { $id: type, description: ABOUT[type] },
  );

export const riskEventWires = RISK_TYPES.map(cloudEvent);
const envelope = checker(Type.Object({ type: literals(RISK_TYPES as RiskType[]) }, { additionalProperties: true }));
const checkers = new Map(RISK_TYPES.map((type, i) => [type, checker(riskEventWires[i]!)] as const));

export const riskEventCodec: Codec<RiskEvent> = {
  encode: (event, meta) =>
    encodeJson({
      specversion: '1.0',
      id: meta.id,
      source: '/holdfast/scoring',
      type: event.type,
      subject: event.customer,
      time: toIso(event.at),
      // Zero-padded, so that it also sorts as text (CloudEvents sequence extension).
      sequence: String(meta.sequence).padStart(12, '0'),
      partitionkey: `${event.shop}/${event.customer}`,
      ...(event.expiresAt === undefined ? {} : { expirytime: toIso(event.expiresAt) }),
      datacontenttype: 'application/json',
      data: event.data,
    }),
  decode(bytes) {
    const wire = checkers.get(envelope(bytes).type)!(bytes);
    const { shop, customer } = splitKey(wire.partitionkey);
    return {
      type: wire.type,
      shop,
      customer,
      at: instantOf(wire.time, 'time'),
      ...(wire.expirytime === undefined ? {} : { expiresAt: instantOf(wire.expirytime, 'expirytime') }),
      data: wire.data,
    } as RiskEvent;
  },
};
