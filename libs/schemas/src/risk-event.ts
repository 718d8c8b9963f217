// customer.risk: what marketing tools subscribe to. CloudEvents 1.0, plus the facts that dispatch settles by, in order.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire, CHANNELS, ORIGINS } from './behavior-event.js';
import { splitKey } from './partition.js';
import { fromIso, type Millis, toIso } from './time.js';
import { checker, type Codec, encodeJson } from './wire.js';

/** From safe to gone. `lapsed`: silent for the whole active period, out of all counts but win-back. */
export const TIERS = ['low', 'medium', 'high', 'lapsed'] as const;
export type Tier = (typeof TIERS)[number];

const literals = <const T extends readonly string[]>(values: T) =>
  Type.Union(values.map((v) => Type.Literal(v as T[number])));
const origin = Type.Object({ origin: literals(ORIGINS) });

const riskData = Type.Object({
  origin: literals(ORIGINS),
  tier: Type.Object({ from: literals(TIERS), to: literals(TIERS) }),
  threshold: Type.Union([Type.Number(), Type.Null()], {
    description: 'risk at which `to` begins; null for low and lapsed',
  }),
  thresholdsVersion: Type.String({
    description:
      'hash of what decides the tiers: thresholds, hysteresis, active period; not of the model behind the risk',
  }),
  risk: Type.Number({ minimum: 0, maximum: 1 }),
  cause: Type.Union([Type.Literal('event'), Type.Literal('silence')]),
  silenceDays: Type.Number({ minimum: 0 }),
  forecast: Type.Array(Type.Object({ tier: literals(TIERS), at: Type.String() }), {
    description: 'next crossings if nothing happens',
  }),
  valueAtRiskMinor: Type.Number({ description: 'risk × mean order value, base currency' }),
  orders: Type.Integer(),
  reasons: Type.Array(Type.Object({ name: Type.String(), weight: Type.Number({ description: 'logit' }) })),
  model: Type.String({ description: 'artifact hash' }),
});

/** Data of each event type. */
const dataByType = {
  'churn.risk.crossed.v1': riskData,
  'churn.risk.recovered.v1': riskData,
  'churn.risk.forecast.v1': riskData,
  'churn.risk.corrected.v1': riskData,
  'churn.risk.suppressed.v1': riskData,
  'customer.purchased.v1': Type.Composite([
    origin,
    Type.Object({
      orderId: Type.Optional(Type.String()),
      amountMinor: Type.Number(),
      coupon: Type.Optional(Type.String({ description: 'the code used on this order: its redemption' })),
    }),
  ]),
  'customer.refunded.v1': Type.Composite([
    origin,
    Type.Object({ orderId: Type.Optional(Type.String()), amountMinor: Type.Number() }),
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
} as const;

export const RISK_TYPES = Object.keys(dataByType) as readonly RiskType[];
export type RiskType = keyof typeof dataByType;
export type RiskData = Static<typeof riskData>;

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
      source: Type.Literal('/holdfast/scoring'),
      type: Type.Literal(type),
      subject: Type.String({ description: 'customer' }),
      time: Type.String(),
      sequence: Type.String(),
      partitionkey: Type.String({ description: 'shop/customer' }),
      expirytime: Type.Optional(Type.String()),
      datacontenttype: Type.Literal('application/json'),
      data: dataByType[type],
    },
    { $id: `${type}` },
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
      at: fromIso(wire.time),
      ...(wire.expirytime === undefined ? {} : { expiresAt: fromIso(wire.expirytime) }),
      data: wire.data,
    } as RiskEvent;
  },
};
