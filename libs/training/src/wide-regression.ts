// Logistic regression on the running counters alone (model.md §2): few coefficients, learnt from few customers, and linear in what the network's
// skip is linear in, so that it can be served as part of one.
import { type Scale, WIDE_SIZE, wideAt } from '@holdfast/features';
import { DAY } from '@holdfast/schemas';

import { fitLinear, linearSums } from './linear-model.js';
import { type Matrix } from './matrix.js';
import { mean } from './mean.js';
import { loglossOf } from './models/churn-model.js';
import { STRENGTHS } from './models/lr-rfm.js';
import { type AtRisk } from './population.js';
import { randomFor, shuffled } from './random.js';

/** Groups of customers, each predicted from the others, by which the penalty is chosen. */
const FOLDS = 5;

/** logit = bias + Σ weights · wide features before standardisation. */
export interface WideRegression {
  readonly bias: number;
  readonly weights: Float64Array; // [WIDE_SIZE]
  /** Chosen inverse of the penalty, as in scikit-learn. */
  readonly C: number;
}

/** Wide features of each row, [n, WIDE_SIZE]. */
export function wideRows(population: readonly AtRisk[], scale: Scale): Matrix {
  const values = new Float32Array(population.length * WIDE_SIZE);
  population.forEach(({ history, index, at }, i) => {
    const moment = history.moments[index]!;
    wideAt(moment.w, (at - moment.at) / DAY, scale, values, i * WIDE_SIZE);
  });
  return { values, columns: WIDE_SIZE };
}

/** Fits on a population, in which a customer may stand several times; `y`: 1 where one churned. */
export function fitWideRegression(
  population: readonly AtRisk[],
  y: Uint8Array,
  { scale, seed }: { readonly scale: Scale; readonly seed: number },
): WideRegression {
  const C = strengthFor(population, y, { scale, seed });
  const { standardiser, beta } = fitLinear(wideRows(population, scale), y, { C });
  const weights = Float64Array.from(standardiser.deviation, (deviation, k) => beta[k]! / deviation);
  const bias = weights.reduce((sum, weight, k) => sum - weight * standardiser.mean[k]!, beta.at(-1)!);
  return { bias, weights, C };
}

/** The strongest penalty whose log-loss over customers that were left out is within a standard error of the least: few customers mislead. */
function strengthFor(
  population: readonly AtRisk[],
  y: Uint8Array,
  { scale, seed }: { readonly scale: Scale; readonly seed: number },
): number {
  const customers = shuffled([...new Set(population.map(({ history }) => history))], randomFor(seed, 'folds'));
  const foldOf = new Map(customers.map((history, i) => [history, i % FOLDS]));
  const part = (isIn: (fold: number) => boolean) => {
    const rows = population.flatMap(({ history }, i) => (isIn(foldOf.get(history)!) ? [i] : []));
    return { x: wideRows(rows.map((i) => population[i]!), scale), y: Uint8Array.from(rows, (i) => y[i]!) }; // prettier-ignore
  };
  const folds = Array.from({ length: Math.min(FOLDS, customers.length) }, (_, fold) => ({
    own: part((of) => of === fold),
    others: part((of) => of !== fold),
  }));
  const losses = STRENGTHS.map((C) =>
    folds.map(({ own, others }) => loglossOf(linearSums(fitLinear(others.x, others.y, { C }), own.x), own.y)),
  );
  const least = losses.reduce((a, b) => (mean(b) < mean(a) ? b : a));
  const error = Math.sqrt(mean(least.map((loss) => (loss - mean(least)) ** 2)) / Math.max(1, folds.length - 1));
  return STRENGTHS[losses.findIndex((of) => mean(of) <= mean(least) + error)]!; // rising: the strongest comes first
}
