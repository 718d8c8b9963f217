// Linear models with an L2 penalty: Σ loss(m) + |β|² / (2 C), m = β·z over standardised inputs, the intercept not penalised; C as in
// scikit-learn. With log-loss this is logistic regression, m its logit. By L-BFGS, which ends when the gradient of the mean is small: like
// scikit-learn's, short of the last bends along directions that the data hardly tell apart.
import { minimise } from './lbfgs.js';
import { type Matrix, rowCount, type Standardiser, standardiserOf, times, withIntercept } from './matrix.js';

/** Coefficients on standardised inputs. */
export interface LinearModel {
  readonly standardiser: Standardiser;
  /** The last one is the intercept. */
  readonly beta: Float64Array; // [inputs + 1]
}

/** A row's loss by its sum m, and the derivative of that. */
export type Loss = (sum: number, label: number) => { readonly value: number; readonly slope: number };

/** log(1 + e^m) − y·m. */
export const logLoss: Loss = (m, y) => ({
  value: Math.max(m, 0) + Math.log1p(Math.exp(-Math.abs(m))) - y * m,
  slope: 1 / (1 + Math.exp(-m)) - y,
});

/** max(0, 1 − t·m)², t = ±1: of a support vector machine. */
export const squaredHinge: Loss = (m, y) => {
  const target = y === 1 ? 1 : -1;
  const inside = Math.max(0, 1 - target * m);
  return { value: inside * inside, slope: -2 * target * inside };
};

/** How a linear model is fitted. */
export interface LinearOptions {
  /** Default: {@link logLoss}. */
  readonly loss?: Loss;
  readonly C: number;
  readonly tolerance?: number;
  /** For how many rows each counts, ≥ 0; default: for one. */
  readonly weights?: ArrayLike<number>;
}

/** Fits on rows [n, inputs] with labels 0/1. */
export function fitLinear(
  x: Matrix,
  y: ArrayLike<number>,
  { loss = logLoss, C, tolerance = 1e-4, weights }: LinearOptions,
): LinearModel {
  const standardiser = standardiserOf(x);
  const z = withIntercept(x, standardiser);
  const { values, columns } = z;
  const rows = rowCount(z);
  let all = 0;
  for (let i = 0; i < rows; i++) all += weights?.[i] ?? 1;
  const beta = minimise(
    (at) => {
      const sums = times(z, at);
      const gradient = new Float64Array(columns);
      let value = 0;
      for (let i = 0; i < rows; i++) {
        const row = loss(sums[i]!, y[i]!);
        const times = weights?.[i] ?? 1;
        value += (times * row.value) / all;
        const weight = (times * row.slope) / all;
        if (weight === 0) continue;
        for (let k = 0, j = i * columns; k < columns; k++, j++) gradient[k]! += weight * values[j]!;
      }
      for (let k = 0; k < columns - 1; k++) {
        value += (at[k]! * at[k]!) / (2 * C * all);
        gradient[k]! += at[k]! / (C * all);
      }
      return { value, gradient };
    },
    new Float64Array(columns),
    { tolerance },
  );
  return { standardiser, beta };
}

/** m of each row [n, inputs]. */
export const linearSums = ({ standardiser, beta }: LinearModel, x: Matrix): Float64Array =>
  times(withIntercept(x, standardiser), beta);
