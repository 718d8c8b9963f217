// Rows of numbers in one array, row by row.

/** `values[i · columns + k]` is column k of row i. */
export interface Matrix {
  readonly values: Float32Array | Float64Array;
  readonly columns: number;
}

export const rowCount = ({ values, columns }: Matrix): number => (columns === 0 ? 0 : values.length / columns);

/** A matrix of rows that all have the same length. */
export const matrixOf = (rows: readonly (readonly number[])[]): Matrix => ({
  values: Float64Array.from(rows.flat()),
  columns: rows[0]?.length ?? 0,
});

/** sign(x) · log(1 + |x|) of every number. */
export const signedLogs = ({ values, columns }: Matrix): Matrix => ({
  values: Float64Array.from(values, (value) => Math.sign(value) * Math.log1p(Math.abs(value))),
  columns,
});

/** Some columns of every row, in the given order. */
export function columnsOf({ values, columns }: Matrix, chosen: readonly number[]): Matrix {
  const rows = values.length / columns;
  const out = new Float64Array(rows * chosen.length);
  for (let i = 0; i < rows; i++) chosen.forEach((k, j) => (out[i * chosen.length + j] = values[i * columns + k]!));
  return { values: out, columns: chosen.length };
}

/** Mean and deviation of each column; a constant column has deviation 1. */
export interface Standardiser {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Fits on all rows alike. */
export function standardiserOf({ values, columns }: Matrix): Standardiser {
  const rows = values.length / columns;
  const mean = new Float64Array(columns);
  const square = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns]! += values[i]! / rows;
  for (let i = 0; i < values.length; i++) square[i % columns]! += (values[i]! - mean[i % columns]!) ** 2 / rows;
  return { mean, deviation: square.map((value) => (value > 1e-12 ? Math.sqrt(value) : 1)) };
}

/** Standardised rows with a last column of 1 for the intercept. */
export function withIntercept({ values, columns }: Matrix, { mean, deviation }: Standardiser): Matrix {
  const rows = values.length / columns;
  const width = columns + 1;
  const out = new Float64Array(rows * width).fill(1);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      out[i * width + k] = (values[i * columns + k]! - mean[k]!) / deviation[k]!;
    }
  }
  return { values: out, columns: width };
}

/** Σ_k row[k] · beta[k] of every row. */
export function times({ values, columns }: Matrix, beta: Float64Array): Float64Array {
  const out = new Float64Array(values.length / columns);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += values[i * columns + k]! * beta[k]!;
    out[i] = sum;
  }
  return out;
}
