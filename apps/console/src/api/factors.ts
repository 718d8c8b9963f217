// Why the risk is what it is now, by what is known of a customer: the logit of the model in groups of its inputs.
import { countersAt, COUNTER, GROUP_OF_WIDE, WIDE_GROUPS, WIDE_SIZE, wideAt } from '@holdfast/features';
import { groupEffects, logitOf, silenceDaysAt } from '@holdfast/model';
import { type Saved } from '@holdfast/risk';
import { DAY, type Millis } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { money, oneOf, orNull } from './fields.js';

const NAMES = ['average', ...WIDE_GROUPS, 'memory', 'silence'] as const;
const days = (description: string) => Type.Number({ minimum: 0, description });

export const factors = Type.Object(
  {
    terms: Type.Array(
      Type.Object({
        name: oneOf(NAMES),
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

/** Of a customer who has bought, at `now`. */
export function factorsOf({ features, state, artifact }: Saved, now: Millis): Factors {
  const w = countersAt(features, features.asOf);
  const at = Math.max(now, features.asOf);
  const silenceDays = silenceDaysAt(state, at);
  const wide = new Float32Array(WIDE_SIZE);
  wideAt(w, silenceDays - Math.max(0, w[COUNTER.silenceDays]!), artifact.scale, wide);
  const { average, memory, silence, groups } = groupEffects(artifact, { h: state.h, silenceDays, wide }, GROUPING);
  const sum = groups.reduce((total, effect) => total + effect, average + memory + silence);
  // What joining the knots, and never falling, make of it.
  const rest = logitOf(state, artifact, at) - sum;
  const terms: Factors['terms'] = [
    { name: 'average', weight: average },
    ...WIDE_GROUPS.map((name, i) => ({ name, weight: groups[i]! })),
    { name: 'memory', weight: memory },
    { name: 'silence', weight: silence + rest },
  ];
  return { terms: terms.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)), facts: factsOf(w, features.asOf, at) };
}

const GROUPING = { groupOf: GROUP_OF_WIDE, groups: WIDE_GROUPS.length };

function factsOf(w: readonly number[], asOf: Millis, now: Millis): Factors['facts'] {
  const of = (name: keyof typeof COUNTER) => w[COUNTER[name]]!;
  const [orders, sessions] = [of('orders'), of('sessions')];
  const later = (now - asOf) / DAY;
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
