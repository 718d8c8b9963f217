// Logistic regression with an L2 penalty, by Newton's method (iteratively reweighted least squares). Intercept not penalised; C as in
// scikit-learn: loss = Σ log-loss + |β|² / (2 C).
import { sigmoid } from '@holdfast/model';

/** Coefficients on standardised inputs. */
export interface LogisticModel {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** [inputs + 1], the last one the intercept. */
  readonly beta: readonly number[];
}

/** Fits on rows [n][inputs] with labels 0/1. */
export function fitLogistic(rows: readonly (readonly number[])[], y: ArrayLike<number>, c: number): LogisticModel {
  const inputs = rows[0]?.length ?? 0;
  const mean = column(inputs, (k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
  const deviation = column(
    inputs,
    (k) => Math.sqrt(rows.reduce((sum, row) => sum + (row[k]! - mean[k]!) ** 2, 0) / rows.length) || 1,
  );
  const z = rows.map((row) => standardise(row, mean, deviation));
  const size = inputs + 1;
  let beta = new Array<number>(size).fill(0);
  for (let round = 0; round < 30; round++) {
    const gradient = new Array<number>(size).fill(0);
    const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    z.forEach((row, i) => {
      const p = sigmoid(dot(row, beta));
      const weight = p * (1 - p);
      for (let a = 0; a < size; a++) {
        gradient[a]! += (p - y[i]!) * row[a]!;
        for (let b = 0; b < size; b++) hessian[a]![b]! += weight * row[a]! * row[b]!;
      }
    });
    for (let a = 0; a < inputs; a++) {
      gradient[a]! += beta[a]! / c;
      hessian[a]![a]! += 1 / c;
    }
    hessian[inputs]![inputs]! += 1e-9;
    const step = solve(hessian, gradient);
    beta = beta.map((value, k) => value - step[k]!);
    if (step.every((value) => Math.abs(value) < 1e-8)) break;
  }
  return { mean, deviation, beta };
}

/** Logit of one row [inputs]. */
export const logisticLogit = ({ mean, deviation, beta }: LogisticModel, row: readonly number[]): number =>
  dot(standardise(row, mean, deviation), beta);

const column = (length: number, value: (k: number) => number): number[] => Array.from({ length }, (_, k) => value(k));
const standardise = (row: readonly number[], mean: readonly number[], deviation: readonly number[]): number[] => [
  ...row.map((value, k) => (value - mean[k]!) / deviation[k]!),
  1,
];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, k) => sum + value * b[k]!, 0);

/** Gaussian elimination with partial pivoting: x of A·x = b. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const n = a.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j <= n; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const known = x.reduce((sum, value, j) => (j > i ? sum + a[i]![j]! * value : sum), 0);
    x[i] = (a[i]![n]! - known) / a[i]![i]!;
  }
  return x;
}
