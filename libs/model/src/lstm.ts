// One step of an LSTM for one customer, as Keras defines it:
//   z = x·K + h·R + b,  i f g o = σ σ tanh σ of its four quarters,  c ← f∘c + i∘g,  h ← o∘tanh(c)
// Most step inputs are 0 (one-hot types), so rows of K are skipped. Sums are float64, state and weights float32.
import { addRow, addRows, noRows } from './add-rows.js';
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

let gates = new Float64Array(0);
const rows = noRows(8192);

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
  for (let i = 0; i < input.length; i++) addRow(rows, input[i]!, i * width);
  addRows(z, rows, weights.kernel);
  for (let i = 0; i < hidden; i++) addRow(rows, h[i]!, i * width);
  addRows(z, rows, weights.recurrent);
  for (let j = 0; j < hidden; j++) {
    const cell = sigmoid(z[hidden + j]!) * c[j]! + sigmoid(z[j]!) * Math.tanh(z[2 * hidden + j]!);
    c[j] = cell;
    h[j] = sigmoid(z[3 * hidden + j]!) * Math.tanh(cell);
  }
}

/** Copies the embedding of a category bucket to `input[offset …]`. Throws `RangeError` when there is no such bucket. */
export function embedCategory(artifact: Artifact, bucket: number, input: Float32Array, offset: number): void {
  const { buckets, size, table } = artifact.embedding;
  if (!(bucket >= 0 && bucket < buckets)) throw new RangeError(`bucket must be below ${buckets}, not ${bucket}`);
  for (let i = 0; i < size; i++) input[offset + i] = table[bucket * size + i]!;
}
