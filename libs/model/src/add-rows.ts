// The inner loop of all layers: sums += Σ value · row of a matrix, over the rows whose value is not 0. Four rows are added at a time,
// which halves the memory traffic; sums are float64, weights float32.

/** The rows of one product; reused, so that nothing is allocated per step. */
export interface Rows {
  readonly values: Float64Array;
  /** Index of each row's first weight. */
  readonly starts: Int32Array;
  count: number;
}

export const noRows = (capacity: number): Rows => ({
  values: new Float64Array(capacity + 3),
  starts: new Int32Array(capacity + 3),
  count: 0,
});

/** sums[j] += Σ values[r] · matrix[starts[r] + j], then forgets the rows. */
export function addRows(sums: Float64Array, rows: Rows, matrix: Float32Array): void {
  const { values, starts } = rows;
  const width = sums.length;
  // Pad to a multiple of four with rows of weight 0.
  while (rows.count % 4 !== 0) {
    values[rows.count] = 0;
    starts[rows.count++] = 0;
  }
  for (let r = 0; r < rows.count; r += 4) {
    const [v0, v1, v2, v3] = [values[r]!, values[r + 1]!, values[r + 2]!, values[r + 3]!];
    const [s0, s1, s2, s3] = [starts[r]!, starts[r + 1]!, starts[r + 2]!, starts[r + 3]!];
    for (let j = 0; j < width; j++) {
      sums[j]! += v0 * matrix[s0 + j]! + v1 * matrix[s1 + j]! + v2 * matrix[s2 + j]! + v3 * matrix[s3 + j]!;
    }
  }
  rows.count = 0;
}

/** Notes row `row` times `value`, unless that is nothing. */
export function addRow(rows: Rows, value: number, start: number): void {
  if (value === 0) return;
  rows.values[rows.count] = value;
  rows.starts[rows.count++] = start;
}
