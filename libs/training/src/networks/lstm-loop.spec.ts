// The loop with its gradient by hand against the same LSTM out of TensorFlow.js's own operations.
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';

import { randomFor, uniform } from '../random.js';
import { HIDDEN, recur } from './encoder.js';
import { lstmLoop } from './lstm-loop.js';

const counts = [5, 5, 3, 1, 1];
const rows = 15;
const random = randomFor(1, 'loop');
const inputs = uniform(rows * 4 * HIDDEN, 3, random);
const recurrent = uniform(4 * HIDDEN * HIDDEN, 0.6, random);
const upstream = uniform(rows * HIDDEN, 1, random);

/** As lstm.ts defines it. */
const byOperations: typeof lstmLoop = (inputs, recurrent, counts) =>
  recur(inputs, counts, 2, (row, [h, c]) => {
    const [i, f, g, o] = tf.split(row.add(h!.matMul(recurrent)), 4, 1) as tf.Tensor2D[];
    const cell: tf.Tensor2D = f!.sigmoid().mul(c!).add(i!.sigmoid().mul(g!.tanh()));
    return [o!.sigmoid().mul(cell.tanh()), cell];
  });

/** Hidden states, and the gradients of a weighted sum of them by inputs and weights. */
function of(loop: typeof lstmLoop): Float32Array[] {
  return tf.tidy(() => {
    const [z, u] = [tf.tensor2d(inputs, [rows, 4 * HIDDEN]), tf.tensor2d(recurrent, [HIDDEN, 4 * HIDDEN])];
    const gradients = tf.grads((z, u) => loop(z as tf.Tensor2D, u as tf.Tensor2D, counts).mul(tf.tensor2d(upstream, [rows, HIDDEN])).sum()); // prettier-ignore
    return [loop(z, u, counts), ...gradients([z, u])].map((tensor) => tensor.dataSync() as Float32Array);
  });
}

beforeAll(async () => {
  tf.enableProdMode(); // no advice about other backends
  await tf.setBackend('cpu');
});

describe('the loop of the LSTM', () => {
  it('has the hidden states and the gradients that the single operations have', () => {
    const [own, expected] = [of(lstmLoop), of(byOperations)];
    own.forEach((values, which) => {
      expect(values).toHaveLength(expected[which]!.length);
      expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.1);
      values.forEach((value, i) => expect(Math.abs(value - expected[which]![i]!)).toBeLessThan(1e-5));
    });
  });

  it('stays finite where gates are shut', () => {
    const [states, byInputs] = tf.tidy(() => {
      const [z, u] = [tf.fill([2, 4 * HIDDEN], -1e4) as tf.Tensor2D, tf.zeros<tf.Rank.R2>([HIDDEN, 4 * HIDDEN])];
      const gradient = tf.grad((z) => lstmLoop(z as tf.Tensor2D, u, [1, 1]).sum());
      return [lstmLoop(z, u, [1, 1]), gradient(z)].map((tensor) => tensor.dataSync());
    });
    expect([...states!, ...byInputs!].every((value) => value === 0)).toBe(true);
  });

  it('takes no memory of TensorFlow.js that it does not give back', () => {
    const before = tf.memory().numTensors;
    of(lstmLoop);
    expect(tf.memory().numTensors).toBe(before);
  });
});
