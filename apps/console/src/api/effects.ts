// GET /api/effects: did it help? One row a playbook, real and simulated apart.
import { listExperiments, type Transaction } from '@holdfast/postgres';
import { effectOf } from '@holdfast/policy';
import { type Static, Type } from '@sinclair/typebox';

import { money, orNull } from './fields.js';
import { playbookName } from './playbook-name.js';

const arm = Type.Object({
  assigned: Type.Integer({ description: 'customers drawn into this arm' }),
  settled: Type.Integer({ description: 'of these: whose window has closed' }),
  purchased: Type.Integer({ description: 'of the settled: who bought' }),
  rate: orNull(Type.Number({ description: 'purchased / settled' })),
  meanMarginMinor: orNull(money('mean margin of the settled')),
});
const interval = Type.Object({ low: Type.Number(), high: Type.Number() });
const difference = Type.Object({
  value: Type.Number({ description: 'chosen for contact minus left alone, per customer' }),
  interval,
  p: Type.Number({ description: 'always-valid p-value of no difference' }),
});

export const effect = Type.Object(
  {
    playbook: Type.String(),
    name: Type.String(),
    isSimulated: Type.Boolean({ description: 'nobody was contacted: the expected effect is zero' }),
    treatment: arm,
    holdOut: arm,
    purchaseRate: orNull(difference),
    marginMinor: orNull(difference),
    incrementalPurchases: orNull(Type.Composite([Type.Object({ value: Type.Number() }), interval])),
    sampleRatioBroken: Type.Boolean({ description: 'the arms are not filled as they were drawn' }),
    sentence: Type.String({ description: 'what this says, for a person' }),
  },
  { title: 'Effect' },
);
export type Effect = Static<typeof effect>;
export const effects = Type.Object({ effects: Type.Array(effect) }, { title: 'Effects' });

/** Effects of all playbooks that have been used. */
export async function readEffects(db: Transaction, shop: string): Promise<Effect[]> {
  const experiments = await listExperiments(db, shop);
  return experiments.map((experiment) => {
    const found = effectOf(experiment);
    return {
      playbook: found.playbook,
      name: playbookName(found.playbook),
      isSimulated: found.isSimulated,
      treatment: found.treatment,
      holdOut: found.holdOut,
      purchaseRate: differenceOf(found.purchaseRate),
      marginMinor: differenceOf(found.marginMinor),
      incrementalPurchases: found.incremental?.purchases ?? null,
      sampleRatioBroken: found.sampleRatio.isBroken,
      sentence: found.sentence,
    };
  });
}

const differenceOf = (found: Static<typeof difference> | null) =>
  found && { value: found.value, interval: { low: found.interval.low, high: found.interval.high }, p: found.p };
