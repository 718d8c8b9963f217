// What events of customer.risk say, type by type. The words are explained in risk-event.ts.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire, CHANNELS, ORIGINS } from './behavior-event.js';
import { literals } from './wire.js';

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
export const dataByType = {
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

export const RISK_TYPES = Object.keys(dataByType) as readonly RiskType[];
export type RiskType = keyof typeof dataByType;
export type RiskData = Static<typeof riskData>;
export type ForecastData = Static<typeof forecastData>;
