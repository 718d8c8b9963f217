// LSTM (Hochreiter & Schmidhuber 1997; gates in the order i, f, c, o, as in Keras):
//   i, f, o = σ(W x + U h + b),  c ← f ⊙ c + i ⊙ tanh(W x + U h + b),  h = o ⊙ tanh(c); the bias of f is 1 at first.
import type * as tf from '@tensorflow/tfjs';
import { split } from '@tensorflow/tfjs';

import { type Encoder, HIDDEN, INPUTS, recur } from './encoder.js';

export type LstmWeight = 'kernel' | 'recurrent' | 'bias';

export const LSTM: Encoder<LstmWeight> = {
  shapes: { kernel: [INPUTS, 4 * HIDDEN], recurrent: [HIDDEN, 4 * HIDDEN], bias: [4 * HIDDEN] },
  prepare: ({ bias }) => bias.fill(1, HIDDEN, 2 * HIDDEN),
  states: ({ kernel, recurrent, bias }, inputs, counts) =>
    recur(inputs.matMul(kernel as tf.Tensor2D).add(bias), counts, 2, (row, [h, c]) => {
      const gates = row.add(h!.matMul(recurrent as tf.Tensor2D));
      const [i, f, g, o] = split(gates, 4, 1) as tf.Tensor2D[];
      const cell: tf.Tensor2D = f!.sigmoid().mul(c!).add(i!.sigmoid().mul(g!.tanh()));
      return [o!.sigmoid().mul(cell.tanh()), cell];
    }),
};
