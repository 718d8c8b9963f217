// One step of an LSTM for one customer, as Keras defines it:
//   z = x·K + h·R + b,  i f g o = σ σ tanh σ of its four quarters,  c ← f∘c + i∘g,  h ← o∘tanh(c)
// Most step inputs are 0 (one-hot types), so rows of K are skipped. Sums are float64, state and weights float32.
import { type Artifact, type LstmWeights } from './artifact.js';
import { sigmoid } from './probability.js';

/** Memory of the network, float32. */
export interface LstmState {
  readonly h: Float32Array; // [H]
  readonly c: Float32Array; // [H]
}

export const initialLstmState = (hidden: number): LstmState => ({
  h: new Float32Array(hidden),
  c: new Float32Array(hidden),
});

let gates = new Float64Array(128);

/**
 * Advances `state` in place by one step.
 * @param input [inputs]
 */
export function lstmStep(weights: LstmWeights, state: LstmState, input: Float32Array): void {
  const { h, c } = state;
  const hidden = h.length;
  const width = 4 * hidden;
  if (gates.length !== width) gates = new Float64Array(width);
  const z = gates;
  z.set(weights.bias);
  addProduct(z, input, weights.kernel);
  addProduct(z, h, weights.recurrent);
  for (let j = 0; j < hidden; j++) {
    const cell = sigmoid(z[hidden + j]!) * c[j]! + sigmoid(z[j]!) * Math.tanh(z[2 * hidden + j]!);
    c[j] = cell;
    h[j] = sigmoid(z[3 * hidden + j]!) * Math.tanh(cell);
  }
}

/** sums += row · matrix, [rows] × [rows × sums]; zeros of the row cost nothing. */
export function addProduct(sums: Float64Array, row: Float32Array, matrix: Float32Array): void {
  const width = sums.length;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (value === 0) continue;
    const start = i * width;
    for (let j = 0; j < width; j++) sums[j]! += value * matrix[start + j]!;
  }
}

/** Copies the embedding of a category bucket to `input[offset …]`. Throws `RangeError` when there is no such bucket. */
export function embedCategory(artifact: Artifact, bucket: number, input: Float32Array, offset: number): void {
  const { buckets, size, table } = artifact.embedding;
  if (!(bucket >= 0 && bucket < buckets)) throw new RangeError(`bucket must be below ${buckets}, not ${bucket}`);
  for (let i = 0; i < size; i++) input[offset + i] = table[bucket * size + i]!;
}
