// Sums of a node's rows by column and bin, in which its best split is looked for. A split gains GL²/(HL+λ) + GR²/(HR+λ) − G²/(H+λ), G and
// H the sums of first and second derivatives of the loss (Chen & Guestrin 2016, XGBoost §2.2). Of two siblings only one has to be counted:
// the other is what is left of their parent (Ke et al. 2017, LightGBM).
import { type Binned } from './bins.js';

/** Of each column and bin: sums of g and h, and the number of rows. */
export type Histogram = Float64Array; // [columns, bins, CELL]
const CELL = 3;

/** Derivatives of the loss by a row's value. */
export interface Derivatives {
  /** First. */
  readonly g: Float64Array; // [rows]
  /** Second. */
  readonly h: Float64Array; // [rows]
}

/** Rows up to a bin of a column go left. */
export interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
}

/** What splits are worth. */
export interface Worth {
  /** Fewest rows of a leaf. */
  readonly leafRows: number;
  readonly lambda: number;
}

/** Sums over a node, and the columns of its histogram. */
export interface NodeSums {
  readonly columns: readonly number[];
  readonly rows: number;
  readonly g: number;
  readonly h: number;
}

/** Less is worth nothing. */
const LEAST_GAIN = 1e-9;

/** Bins of the column that has most. */
const binsOf = ({ edges }: Binned): number => Math.max(...edges.map(({ length }) => length)) + 1;

/** An empty histogram of so many columns. */
export const histogramFor = (binned: Binned, columns: number): Histogram =>
  new Float64Array(columns * binsOf(binned) * CELL);

/** Adds rows to an empty histogram of some columns. */
export function countInto(
  histogram: Histogram,
  { codes }: Binned,
  { columns, rows }: { readonly columns: readonly number[]; readonly rows: Int32Array },
  { g, h }: Derivatives,
): void {
  const width = histogram.length / columns.length;
  for (const [k, column] of columns.entries()) {
    const code = codes[column]!;
    const start = k * width;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const cell = start + code[row]! * CELL;
      histogram[cell]! += g[row]!;
      histogram[cell + 1]! += h[row]!;
      histogram[cell + 2]! += 1;
    }
  }
}

/** Takes a part's histogram from that of the whole. */
export function subtract(whole: Histogram, part: Histogram): void {
  for (let i = 0; i < part.length; i++) whole[i]! -= part[i]!;
}

/** The split of a node that gains most, the first of several; `null` where none gains, or leaves would be too small. */
export function bestSplit(
  histogram: Histogram,
  { edges }: Binned,
  all: NodeSums,
  { leafRows, lambda }: Worth,
): Split | null {
  const { columns } = all;
  const width = histogram.length / columns.length;
  const whole = (all.g * all.g) / (all.h + lambda);
  let best: Split | null = null;
  for (const [k, column] of columns.entries()) {
    let [leftG, leftH, left] = [0, 0, 0];
    for (let bin = 0, cell = k * width; bin < edges[column]!.length; bin++, cell += CELL) {
      leftG += histogram[cell]!;
      leftH += histogram[cell + 1]!;
      left += histogram[cell + 2]!;
      if (left < leafRows) continue;
      if (all.rows - left < leafRows) break;
      const [rightG, rightH] = [all.g - leftG, all.h - leftH];
      const gain = (leftG * leftG) / (leftH + lambda) + (rightG * rightG) / (rightH + lambda) - whole;
      if (gain > (best?.gain ?? LEAST_GAIN)) best = { gain, column, bin };
    }
  }
  return best;
}
