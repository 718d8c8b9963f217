// What of an LSTM goes from step to step, as one operation of TensorFlow.js with its gradient written out: most steps are of a few
// customers, and each of the dozen operations that a step would be costs some 20 µs besides its arithmetic. Rows are step-major, so a row's
// step before stands above it, and one walk down or up does. Sums are float64.
import { sigmoid } from '@holdfast/model';
import * as tf from '@tensorflow/tfjs';

import { HIDDEN } from './encoder.js';

const GATES = 4 * HIDDEN;

/** What the way back needs of the way there. */
interface Walk {
  readonly weights: Float32Array; // [HIDDEN × GATES]
  /** Row of the step before; −1: there is none. */
  readonly before: Int32Array; // [N]
  readonly gates: Float32Array; // [N × GATES]: i, f, g, o
  readonly cell: Float32Array; // [N × HIDDEN]
  readonly hidden: Float32Array; // [N × HIDDEN]
}

/**
 * Hidden states [N, HIDDEN] of an LSTM.
 * @param inputs W x + b of all steps, [N, GATES], step-major
 * @param recurrent U, [HIDDEN, GATES]
 * @param counts customers that have a step t
 */
export function lstmLoop(inputs: tf.Tensor2D, recurrent: tf.Tensor2D, counts: readonly number[]): tf.Tensor2D {
  const loop = tf.customGrad((...given) => {
    const [z, weights] = given.slice(0, 2).map((tensor) => (tensor as tf.Tensor).dataSync() as Float32Array);
    const walk = walked(z!, weights!, rowsBefore(counts));
    const rows = walk.before.length;
    return {
      value: tf.tensor2d(walk.hidden, [rows, HIDDEN]),
      gradFunc: (byHidden: tf.Tensor) => {
        const byGates = tf.tensor2d(walkedBack(walk, Float32Array.from(byHidden.dataSync())), [rows, GATES]);
        const before = tf.tensor2d(hiddenBefore(walk), [rows, HIDDEN]);
        return [byGates, before.transpose().matMul(byGates)];
      },
    };
  });
  return loop(inputs, recurrent) as tf.Tensor2D;
}

function rowsBefore(counts: readonly number[]): Int32Array {
  const before = new Int32Array(counts.reduce((sum, count) => sum + count, 0)).fill(-1);
  let row = 0;
  counts.forEach((count, t) => {
    for (let i = 0; i < count; i++, row++) if (t > 0) before[row] = row - counts[t - 1]!;
  });
  return before;
}

/** Down: every row's gates, cell and hidden state. */
function walked(inputs: Float32Array, weights: Float32Array, before: Int32Array): Walk {
  const rows = before.length;
  const gates = new Float32Array(rows * GATES);
  const cell = new Float32Array(rows * HIDDEN);
  const hidden = new Float32Array(rows * HIDDEN);
  const z = new Float64Array(GATES);
  for (let row = 0; row < rows; row++) {
    const from = before[row]! * HIDDEN;
    z.set(inputs.subarray(row * GATES, (row + 1) * GATES));
    if (from >= 0) addProduct(z, hidden.subarray(from, from + HIDDEN), weights);
    for (let j = 0; j < HIDDEN; j++) {
      const i = (z[j] = sigmoid(z[j]!));
      const f = (z[HIDDEN + j] = sigmoid(z[HIDDEN + j]!));
      const g = (z[2 * HIDDEN + j] = Math.tanh(z[2 * HIDDEN + j]!));
      const o = (z[3 * HIDDEN + j] = sigmoid(z[3 * HIDDEN + j]!));
      const now = i * g + (from >= 0 ? f * cell[from + j]! : 0);
      cell[row * HIDDEN + j] = now;
      hidden[row * HIDDEN + j] = o * Math.tanh(now);
    }
    gates.set(z, row * GATES);
  }
  return { weights, before, gates, cell, hidden };
}

/** Up: the gradient by every row's W x + b, from that by hidden states, which it uses up. */
function walkedBack({ weights, before, gates, cell }: Walk, byHidden: Float32Array): Float32Array {
  const byGates = new Float32Array(gates.length);
  const byCell = new Float32Array(cell.length);
  const z = new Float64Array(GATES);
  for (let row = before.length - 1; row >= 0; row--) {
    const from = before[row]! * HIDDEN;
    for (let j = 0; j < HIDDEN; j++) {
      const at = row * HIDDEN + j;
      const [i, f, g, o] = [gates[row * GATES + j]!, gates[row * GATES + HIDDEN + j]!, gates[row * GATES + 2 * HIDDEN + j]!, gates[row * GATES + 3 * HIDDEN + j]!]; // prettier-ignore
      const squashed = Math.tanh(cell[at]!);
      const here = byCell[at]! + byHidden[at]! * o * (1 - squashed * squashed);
      z[j] = here * g * i * (1 - i);
      z[HIDDEN + j] = from >= 0 ? here * cell[from + j]! * f * (1 - f) : 0;
      z[2 * HIDDEN + j] = here * i * (1 - g * g);
      z[3 * HIDDEN + j] = byHidden[at]! * squashed * o * (1 - o);
      if (from >= 0) byCell[from + j] = here * f;
    }
    byGates.set(z, row * GATES);
    if (from >= 0) addTransposed(byHidden.subarray(from, from + HIDDEN), z, weights);
  }
  return byGates;
}

function hiddenBefore({ before, hidden }: Walk): Float32Array {
  const shifted = new Float32Array(hidden.length);
  before.forEach((from, row) => {
    if (from >= 0) shifted.set(hidden.subarray(from * HIDDEN, (from + 1) * HIDDEN), row * HIDDEN);
  });
  return shifted;
}

/** z += h · U; four rows of U at a time, which halves the memory traffic. */
function addProduct(z: Float64Array, h: Float32Array, weights: Float32Array): void {
  for (let k = 0; k < HIDDEN; k += 4) {
    const [h0, h1, h2, h3] = [h[k]!, h[k + 1]!, h[k + 2]!, h[k + 3]!];
    for (let j = 0, at = k * GATES; j < GATES; j++, at++)
      z[j]! += h0 * weights[at]! + h1 * weights[at + GATES]! + h2 * weights[at + 2 * GATES]! + h3 * weights[at + 3 * GATES]!; // prettier-ignore
  }
}

/** h += z · Uᵀ; four sums at a time, for one would wait for itself. */
function addTransposed(h: Float32Array, z: Float64Array, weights: Float32Array): void {
  for (let k = 0, at = 0; k < HIDDEN; k++) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let j = 0; j < GATES; j += 4, at += 4) {
      s0 += z[j]! * weights[at]!;
      s1 += z[j + 1]! * weights[at + 1]!;
      s2 += z[j + 2]! * weights[at + 2]!;
      s3 += z[j + 3]! * weights[at + 3]!;
    }
    h[k]! += s0 + s1 + s2 + s3;
  }
}
