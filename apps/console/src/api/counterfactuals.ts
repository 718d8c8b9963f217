// What a customer would have to do to stand better.
import { ACTS, type Champion, counterfactuals as counterfactualsOf, type Saved } from '@holdfast/risk';
import { type Millis, TIERS } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { oneOf, tierName } from './fields.js';

export const counterfactuals = Type.Array(
  Type.Object({
    act: oneOf(ACTS),
    from: tierName,
    risk: Type.Number({ minimum: 0, maximum: 1, description: 'right after it, if it happened now; so is the tier' }),
    tier: tierName,
    withinDays: Type.Integer({ minimum: 0, description: 'on each of so many days from now it still leads there' }),
  }),
  {
    title: 'Counterfactuals',
    description:
      'where an order of their usual size (`purchase`) or a visit (`view`) would lead, by applying it to what is known of them; empty for who ' +
      'stands low or is gone',
  },
);
export type Counterfactuals = Static<typeof counterfactuals>;

export const readCounterfactuals = (saved: Saved, champion: Champion, now: Millis): Counterfactuals =>
  counterfactualsOf(saved, champion, Math.max(now, saved.features.asOf)).map(({ from, tier, ...of }) => ({
    ...of,
    from: TIERS[from],
    tier: TIERS[tier],
  }));
