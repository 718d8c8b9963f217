// How a network lies in the memory of the WebAssembly kernel: its weights by tiles of 16, as libs/model/kernel reads them, then room for what is
// computed. Places are in floats from the beginning.
import { type Artifact, inputsOf, unitDaysOf } from './artifact.js';

/** Customers that are stepped together at most. */
export const BATCH = 64;
/** Units of the dense layer that are computed at a time. */
export const TILE = 16;
/** Of the inputs of the head, the last that are not wide features: log(1 + s)/4, s/90, and nothing twice. */
const SILENCE = 4;

/** Where everything lies. */
export interface Layout {
  readonly lstm: number; // [H/4 × (1 + inputs + H) × 16]
  readonly dense: number; // [units/16 × (1 + H + knotWidth) × 16]
  readonly outer: number; // [units]
  readonly scaler: number; // [3 × knotWidth] mean, deviation, skip
  /** Up to here weights, from here on what is computed. */
  readonly scratch: number;
  readonly inputs: number; // [BATCH × inputs]
  readonly h: number; // [BATCH × H]
  readonly c: number; // [BATCH × H]
  readonly rows: number; // [BATCH × (inputs + H)]
  readonly knots: number; // [K × knotWidth]
  readonly sums: number; // [K × 4]
  readonly end: number;
  /** Inputs of the head that differ by knot: wide features, filled up to a multiple of four, and the silence. */
  readonly knotWidth: number;
}

export function layoutOf(artifact: Artifact): Layout {
  const { hidden, wideSize, knotsDays, dense } = artifact;
  const units = dense.bias.length;
  const width = inputsOf(artifact) + hidden;
  const knotWidth = 4 * Math.ceil(wideSize / 4) + SILENCE;
  let end = 0;
  const room = (floats: number): number => {
    const place = end;
    end += 4 * Math.ceil(floats / 4);
    return place;
  };
  const weights = {
    lstm: room(4 * hidden * (1 + width)),
    dense: room(units * (1 + hidden + knotWidth)),
    outer: room(units),
    scaler: room(3 * knotWidth),
  };
  const scratch = end;
  const computed = {
    inputs: room(BATCH * inputsOf(artifact)),
    h: room(BATCH * hidden),
    c: room(BATCH * hidden),
    rows: room(BATCH * width),
    knots: room(knotsDays.length * knotWidth),
    sums: room(knotsDays.length * 4),
  };
  return { ...weights, scratch, ...computed, end, knotWidth };
}

/** What lies in the memory from its beginning to `layout.scratch`. */
export function imageOf(artifact: Artifact, layout: Layout): Float32Array {
  const image = new Float32Array(layout.scratch);
  writeLstm(artifact, image.subarray(layout.lstm));
  writeDense(artifact, image.subarray(layout.dense), layout.knotWidth);
  image.set(artifact.output.kernel, layout.outer);
  const { knotWidth, scaler } = layout;
  image.set(artifact.scaler.mean, scaler);
  image.fill(1, scaler + knotWidth, scaler + 2 * knotWidth);
  image.set(artifact.scaler.deviation, scaler + knotWidth);
  image.set(artifact.skip, scaler + 2 * knotWidth);
  return image;
}

/** Gates in the order i f g o; the kernel takes powers of 2 of their sums, negated. */
const GATE_FACTORS = [-1, -1, -2, -1].map((factor) => factor * Math.LOG2E);

function writeLstm(artifact: Artifact, out: Float32Array): void {
  const { lstm, hidden } = artifact;
  const width = 4 * hidden;
  let at = 0;
  for (let unit = 0; unit < hidden; unit += 4) {
    const write = (matrix: Float32Array, row: number): void => {
      // + 0: no weight is −0, so that inputs of 0 change no bit.
      for (let gate = 0; gate < 4; gate++)
        for (let j = 0; j < 4; j++)
          out[at++] = matrix[row * width + gate * hidden + unit + j]! * GATE_FACTORS[gate]! + 0;
    };
    write(lstm.bias, 0);
    for (let i = 0; i < inputsOf(artifact); i++) write(lstm.kernel, i);
    for (let i = 0; i < hidden; i++) write(lstm.recurrent, i);
  }
}

function writeDense({ dense, hidden, wideSize }: Artifact, out: Float32Array, knotWidth: number): void {
  const units = dense.bias.length;
  const silence = hidden + knotWidth - SILENCE;
  for (let unit = 0; unit < units; unit += TILE) {
    const tile = out.subarray(unit * (1 + hidden + knotWidth));
    const write = (row: number, matrix: Float32Array, from: number): void =>
      tile.set(matrix.subarray(from * units + unit, from * units + unit + TILE), (1 + row) * TILE);
    write(-1, dense.bias, 0);
    for (let i = 0; i < hidden + wideSize; i++) write(i, dense.kernel, i);
    for (let i = 0; i < 2; i++) write(silence + i, dense.kernel, hidden + wideSize + i);
  }
}

/** Inputs of the head that no customer changes: the silence at each knot, in its row of [K × knotWidth]. */
export function knotRowsOf(artifact: Artifact, { knotWidth }: Layout): Float32Array {
  const rows = new Float32Array(artifact.knotsDays.length * knotWidth);
  artifact.knotsDays.forEach((days, k) => {
    const silence = days / unitDaysOf(artifact);
    const at = (k + 1) * knotWidth - SILENCE;
    rows[at] = Math.log1p(silence) / 4;
    rows[at + 1] = silence / 90;
  });
  return rows;
}
