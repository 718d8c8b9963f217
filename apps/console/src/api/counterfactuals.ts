// What a customer would have to do to stand better.
import { countChampions, type Transaction } from '@holdfast/postgres';
import { ACTS, type Champion, counterfactuals as counterfactualsOf, type Saved } from '@holdfast/risk';
import { type Millis, TIERS } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { type Models } from '../models.js';
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

/** What most partitions of scoring judge by; null: none of them has begun, or the release is not at hand. */
export async function readChampion(db: Transaction, models: Models): Promise<Champion | null> {
  const [most] = await countChampions(db);
  const artifact = most && (await models.get(most.artifact));
  return artifact ? { hash: most.artifact, artifact } : null;
}

export const readCounterfactuals = (saved: Saved, champion: Champion, now: Millis): Counterfactuals =>
  counterfactualsOf(saved, champion, Math.max(now, saved.features.asOf)).map(({ from, tier, ...of }) => ({
    ...of,
    from: TIERS[from],
    tier: TIERS[tier],
  }));
