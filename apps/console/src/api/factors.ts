// Why the risk is what it is now, by what is known of a customer: the logit of the model in groups of its inputs.
import { COUNTER } from '@holdfast/features';
import { FACTORS, factorsOf, silentDaysIn } from '@holdfast/risk';
import { DAY, type Millis } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { money, oneOf, orNull } from './fields.js';
import { type Scored } from './scored.js';

const days = (description: string) => Type.Number({ minimum: 0, description });

export const factors = Type.Object(
  {
    terms: Type.Array(
      Type.Object({
        name: oneOf(FACTORS),
        weight: Type.Number({ description: 'in logits; above 0 raises the risk' }),
      }),
      {
        description:
          'terms that add up to the logit of the risk now, largest first: that of an average customer, what each group of facts changes of it ' +
          '(Shapley values), `memory`: in what order things happened, `silence`: the silence by itself',
      },
    ),
    facts: Type.Object(
      {
        orders: Type.Integer(),
        meanOrderMinor: money('mean order'),
        daysBetweenOrders: orNull(days('mean; null with one order')),
        daysSinceOrder: days('since the last order'),
        sessions: Type.Integer(),
        daysSinceSession: days('since the last activity'),
        daysBetweenSessions: orNull(days('mean; null with one session')),
        baskets: Type.Integer({ description: 'sessions in which something was put in the basket' }),
        basketsBought: Type.Integer(),
        refunds: Type.Integer(),
        coupons: Type.Integer(),
      },
      { description: 'what the terms are about' },
    ),
  },
  { title: 'Factors' },
);
export type Factors = Static<typeof factors>;

/** At `now`; null before the first purchase, and until the first event after an upgrade from a Holdfast that kept no counters. */
export function readFactors({ state, artifact }: Scored, now: Millis): Factors | null {
  const terms = factorsOf(state, artifact, Math.max(now, state.lastActivityAt));
  return terms.length === 0 ? null : { terms, facts: factsOf(state.counters, (now - state.lastActivityAt) / DAY) };
}

function factsOf(w: ArrayLike<number>, silenceDays: number): Factors['facts'] {
  const of = (name: keyof typeof COUNTER) => w[COUNTER[name]]!;
  const [orders, sessions] = [of('orders'), of('sessions')];
  const later = silenceDays - silentDaysIn(w);
  return {
    orders,
    meanOrderMinor: orders > 0 ? of('spendMinor') / orders : 0,
    daysBetweenOrders: orders > 1 ? of('gapMeanDays') : null,
    daysSinceOrder: Math.max(0, of('recencyDays') + later),
    sessions,
    daysSinceSession: Math.max(0, of('silenceDays') + later),
    daysBetweenSessions: sessions > 1 ? of('sessionGapMeanDays') : null,
    baskets: of('cartEpisodes'),
    basketsBought: of('cartsBought'),
    refunds: of('refunds'),
    coupons: of('coupons'),
  };
}
