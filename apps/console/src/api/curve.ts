// How the risk of one customer grows while they stay silent.
import {
  type Crossing,
  crossingsAhead,
  lapseAt,
  logitOf,
  LOW,
  reasonsFor,
  riskCurveOf,
  sigmoid,
} from '@holdfast/model';
import { type Forecast, forecastOf } from '@holdfast/risk';
import { type Millis, TIERS, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { instant, oneOf } from './fields.js';
import { type Scored } from './scored.js';

const POINTS = 160;
const probability = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

export const curve = Type.Object(
  {
    now: instant('the time it is in the shop'),
    riskNow: probability('risk at that time'),
    points: Type.Array(Type.Object({ at: instant('when'), risk: probability('risk, if nothing happens until then') }), {
      description: 'from the last activity until the customer counts as gone',
    }),
    hysteresis: Type.Number({
      description: 'how far below a threshold the risk must fall, by something they do, to leave the tier',
    }),
    thresholds: Type.Object({ medium: Type.Number(), high: Type.Number() }),
    crossings: Type.Array(
      Type.Object({
        tier: oneOf(TIERS),
        at: instant('first instant in this tier'),
        probability: Type.Optional(
          probability('that they do nothing until then; of coming ones, where the release says'),
        ),
        earliest: Type.Optional(instant('the model is not surer of the instant than from here, where it can say')),
        latest: Type.Optional(instant('… to here; absent: to the lapse')),
      }),
      { description: 'past and coming ones, if nothing happens; the lapse is not among them' },
    ),
    lapsesAt: instant('when the customer counts as gone'),
    lapseProbability: Type.Optional(probability('that they do nothing until then; where the release says')),
    horizonDays: Type.Number({ description: 'the risk is that of no purchase within so many days' }),
    reasons: Type.Array(Type.Object({ name: Type.String(), weight: Type.Number() }), {
      description: 'why the risk is what it is now; the weights add up to its logit',
    }),
  },
  { title: 'Curve' },
);
export type Curve = Static<typeof curve>;

/** The curve of a scored customer at `now`; null once they are gone. */
export function curveOf({ state, artifact }: Scored, now: Millis): Curve | null {
  const from = state.lastActivityAt;
  const lapse = lapseAt(state, artifact);
  if (now >= lapse) return null;
  const at = Math.max(now, from);
  const logit = logitOf(state, artifact, at);
  const past = crossingsAhead({ ...state, tier: LOW }, artifact, from).filter((crossing) => crossing.at <= at);
  const coming = forecastOf(state, artifact, at);
  const lapseProbability = coming.at(-1)?.probability ?? null;
  return {
    now: toIso(at),
    riskNow: sigmoid(logit),
    points: riskCurveOf(state, artifact, { from, until: lapse, points: POINTS }).map((p) => ({
      at: toIso(Math.round(p.at)),
      risk: p.risk,
    })),
    hysteresis: artifact.hysteresis,
    thresholds: { medium: artifact.thresholds.medium, high: artifact.thresholds.high },
    crossings: [...past.map(told), ...coming.filter((crossing) => crossing.at < lapse).map(comingTold)],
    lapsesAt: toIso(lapse),
    ...(lapseProbability !== null && { lapseProbability }),
    horizonDays: artifact.horizonDays,
    reasons: reasonsFor(state, logit).map(({ name, weight }) => ({ name, weight })),
  };
}

const told = ({ tier, at }: Crossing) => ({ tier: TIERS[tier], at: toIso(at) });

const comingTold = (forecast: Forecast) => ({
  ...told(forecast),
  ...(forecast.probability !== null && { probability: forecast.probability }),
  ...(forecast.uncertainty && {
    earliest: toIso(forecast.uncertainty.earliest),
    ...(forecast.uncertainty.latest !== null && { latest: toIso(forecast.uncertainty.latest) }),
  }),
});
