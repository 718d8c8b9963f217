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

import { splitKey } from './partition.js';
import { dataByType, RISK_TYPES, type RiskType } from './risk-data.js';
import { type Millis, toIso } from './time.js';
import { checker, type Codec, encodeJson, instantOf, literals } from './wire.js';

const ABOUT: Record<RiskType, string> = {
  'churn.risk.crossed.v1': 'A customer has entered a worse tier.',
  'churn.risk.recovered.v1': 'A customer has returned to a better tier, by acting.',
  'churn.risk.forecast.v1':
    'A crossing is near if nothing happens, is to come at another instant than was told, or is no longer near.',
  'churn.risk.corrected.v1':
    'A crossing by silence is taken back: what the customer last used was out, so that their silence said nothing (`outage`), or they had done something before it that was heard of only now.',
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
