// Methods that are made of others' scores, and need no fit of their own. `mean_logit` is the fusion of the reference; `fusion` weighs
// its members by logistic regression at validation (stacking, Wolpert 1992).
import { type FitScores } from './comparison.js';
import { fitLinear, linearSums } from './linear-model.js';
import { type Matrix } from './matrix.js';
import { type ChurnModel } from './models/churn-model.js';
import { gradientBoosting } from './models/gradient-boosting.js';
import { lrAll } from './models/lr-all.js';
import { lstmWide } from './models/lstm-wide.js';

/** A method made of others. */
export interface Fusion {
  readonly key: string;
  readonly name: string;
  /** Keys of its members. */
  readonly of: readonly string[];
  /** Scores of one seed from those of its members, in their order; `y`: labels at validation. */
  combine(members: readonly FitScores[], y: Uint8Array): FitScores;
}

/** What is fused, and what teaches. */
export const MEMBERS: readonly ChurnModel[] = [gradientBoosting, lrAll, lstmWide];
const KEYS = MEMBERS.map(({ key }) => key);

/** The mean of logits, row by row. `logits`: of each method the same rows; at least one. */
export const meanLogit = (logits: readonly Float64Array[]): Float64Array =>
  logits[0]!.map((_, i) => logits.reduce((sum, of) => sum + of[i]!, 0) / logits.length);

const meanOf = (members: readonly FitScores[]): FitScores => ({
  validation: meanLogit(members.map(({ validation }) => validation)),
  test: meanLogit(members.map(({ test }) => test)),
});

const mean: Fusion = {
  key: 'mean_logit',
  name: 'mean of boosting, regression, LSTM + wide',
  of: KEYS,
  combine: meanOf,
};

/** What could be served if the student spoke together with its teachers. */
const fused: Fusion = {
  key: 'fused',
  name: 'mean of these three and the served one',
  of: [...KEYS, 'served'], // by name: it learns from the mean above
  combine: meanOf,
};

/** Groups of validation customers, each weighed by what was learnt from the others. */
const FOLDS = 5;

const stack: Fusion = {
  key: 'fusion',
  name: 'stack of boosting, regression, LSTM + wide',
  of: KEYS,
  combine(members, y) {
    const validation = columnsOf(members.map((member) => member.validation));
    const fitOn = (rows: readonly number[]) =>
      fitLinear(
        rowsOf(validation, rows),
        Uint8Array.from(rows, (i) => y[i]!),
        { C: 1 },
      );
    const all = Array.from(y, (_, i) => i);
    const crossed = new Float64Array(y.length);
    for (let fold = 0; fold < FOLDS; fold++) {
      const [own, others] = [all.filter((i) => i % FOLDS === fold), all.filter((i) => i % FOLDS !== fold)];
      const sums = linearSums(fitOn(others), rowsOf(validation, own));
      own.forEach((i, k) => (crossed[i] = sums[k]!));
    }
    return { validation: crossed, test: linearSums(fitOn(all), columnsOf(members.map(({ test }) => test))) };
  },
};

export const FUSIONS: readonly Fusion[] = [mean, stack, fused];

const columnsOf = (columns: readonly Float64Array[]): Matrix => ({
  values: Float64Array.from({ length: columns.length * columns[0]!.length }, (_, i) => {
    const row = Math.floor(i / columns.length);
    return columns[i % columns.length]![row]!;
  }),
  columns: columns.length,
});

const rowsOf = ({ values, columns }: Matrix, rows: readonly number[]): Matrix => ({
  values: Float64Array.from(rows.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)])),
  columns,
});
