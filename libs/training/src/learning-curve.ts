// How well a shop is served that has so many customers whose outcome is known: by the prior alone, by the prior and the shop's own customers
// (cold-start.ts), and by what learns from those customers alone. All are tested on everybody at risk later.
import { type Artifact, sigmoid } from '@holdfast/model';

import { churnTask } from './churn-task.js';
import { type ColdShop, labelledRows, startCold } from './cold-start.js';
import { fitServed, type ServedOptions } from './fit-served.js';
import { scaleOf } from './median-order.js';
import { metricsOf } from './metrics.js';
import { type ChurnModel } from './models/churn-model.js';
import { EPOCHS } from './models/fit-network.js';
import { gradientBoosting } from './models/gradient-boosting.js';
import { lrAll } from './models/lr-all.js';
import { type AtRisk, atRiskAt } from './population.js';
import { priorIn } from './prior.js';
import { randomFor, shuffled } from './random.js';
import { rowsOf } from './rows.js';
import { servedLogits } from './served.js';
import { TooFew } from './too-few.js';

/** How a fit is steered and heard from. */
export type Steering = Pick<ServedOptions, 'onTeaching' | 'onProgress' | 'shouldStop'>;

/** Logits of churn. */
type Judge = (population: readonly AtRisk[]) => Float64Array;

/** A way to serve a small shop. `learn` resolves to null where there are too few customers for it. */
export interface Learner {
  readonly key: string;
  readonly name: string;
  learn(sample: ColdShop, prior: Artifact, options: { readonly seed: number } & Steering): Promise<Judge | null>;
}

const served =
  (artifact: Artifact): Judge =>
  (population) =>
    servedLogits(artifact, population);

/** Null where `fit` says that there is too little to learn from. */
async function ifEnough(fit: () => Promise<Judge> | Judge): Promise<Judge | null> {
  try {
    return await fit();
  } catch (error) {
    if (error instanceof TooFew) return null;
    throw error;
  }
}

const tabular = (model: ChurnModel): Learner => ({
  key: model.key,
  name: `${model.name}, from nothing`,
  learn: ({ histories, split, ...definition }, _, { seed }) =>
    ifEnough(async () => {
      const task = churnTask(histories, definition, split);
      const fitted = await model.fit(task, seed);
      return (population) => fitted.logits(rowsOf(population, task.scheme));
    }),
});

export const LEARNERS: readonly Learner[] = [
  {
    key: 'prior',
    name: 'prior alone',
    learn: async (sample, prior) => served(priorIn(prior, sample, scaleOf(sample))),
  },
  {
    key: 'cold_start',
    name: 'prior and own customers',
    learn: async (sample, prior, { seed }) => served(startCold(prior, sample, seed).artifact),
  },
  tabular(lrAll),
  tabular(gradientBoosting),
  {
    key: 'served',
    name: 'LSTM + wide, taught, from nothing',
    learn: ({ histories, split, ...definition }, _, options) =>
      ifEnough(async () =>
        served((await fitServed(churnTask(histories, definition, split), { ...options, epochs: EPOCHS })).artifact),
      ),
  },
];

/** So many of the customers who were at risk at a training cut-off, by chance; null when there are fewer. */
export function sampleOf(shop: ColdShop, customers: number, seed: number): ColdShop | null {
  const labelled = [...new Set(labelledRows(shop).map(({ history }) => history))];
  if (labelled.length < customers) return null;
  const chosen = new Set(shuffled(labelled, randomFor(seed, 'sample')).slice(0, customers));
  return { ...shop, histories: shop.histories.filter((history) => chosen.has(history)) };
}

/** Of one test cut-off. */
export interface LearntFigures {
  readonly auc: number;
  readonly logloss: number;
}

/** By test cut-off, on all customers of the shop. */
export function testOn(shop: ColdShop, judge: Judge): LearntFigures[] {
  return shop.split.tests.map((at) => {
    const population = atRiskAt(shop.histories, at, shop);
    const y = Uint8Array.from(population, ({ churned }) => Number(churned));
    const { auc, logloss } = metricsOf({ p: judge(population).map(sigmoid), y });
    return { auc, logloss };
  });
}
