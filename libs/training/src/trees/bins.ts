// Features as small whole numbers: at most 255 bins of about equally many training rows each, so that a split is looked for among bins
// instead of among rows (histogram trees; Ke et al. 2017, LightGBM).
import { type Matrix, rowCount } from '../matrix.js';

const MOST_BINS = 255;

/** Rows in bins, column by column. */
export interface Binned {
  readonly rows: number;
  /** Of each column: bin of each row. */
  readonly codes: readonly Uint8Array[]; // [columns][rows]
  /** Of each column: rising edges; a value v is in the first bin whose edge is ≥ v, else in the last one. */
  readonly edges: readonly Float32Array[]; // [columns][bins − 1]
}

export function binned(x: Matrix): Binned {
  const rows = rowCount(x);
  const columns = Array.from({ length: x.columns }, (_, k) =>
    Float32Array.from({ length: rows }, (_, i) => x.values[i * x.columns + k]!),
  );
  const edges = columns.map(edgesOf);
  return { rows, edges, codes: columns.map((column, k) => column.map((value) => binOf(edges[k]!, value))).map(bytes) };
}

const bytes = (codes: Float32Array): Uint8Array => Uint8Array.from(codes);

/** Midpoints between neighbouring values; of more values than bins, thinned out to equally many rows between two. */
function edgesOf(column: Float32Array): Float32Array {
  const sorted = Float32Array.from(column).sort();
  const distinct = sorted.reduce((count, value, i) => (i > 0 && value === sorted[i - 1] ? count : count + 1), 0);
  const step = distinct <= MOST_BINS ? 0 : sorted.length / MOST_BINS;
  const edges: number[] = [];
  let since = 0;
  for (let i = 1; i < sorted.length; i++) {
    since += 1;
    if (sorted[i] === sorted[i - 1]) continue;
    const isRoom = edges.length < MOST_BINS - 1;
    if (isRoom && since >= step) {
      edges.push((sorted[i]! + sorted[i - 1]!) / 2);
      since = 0;
    }
  }
  return Float32Array.from(edges);
}

/** Number of edges below `value`. */
function binOf(edges: Float32Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
