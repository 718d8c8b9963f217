// LSTM (Hochreiter & Schmidhuber 1997; gates in the order i, f, c, o, as in Keras):
//   i, f, o = σ(W x + U h + b),  c ← f ⊙ c + i ⊙ tanh(W x + U h + b),  h = o ⊙ tanh(c); the bias of f is 1 at first.
import type * as tf from '@tensorflow/tfjs';

import { type Encoder, HIDDEN, INPUTS } from './encoder.js';
import { lstmLoop } from './lstm-loop.js';
import { product } from './product.js';

export type LstmWeight = 'kernel' | 'recurrent' | 'bias';

export const LSTM: Encoder<LstmWeight> = {
  shapes: { kernel: [INPUTS, 4 * HIDDEN], recurrent: [HIDDEN, 4 * HIDDEN], bias: [4 * HIDDEN] },
  prepare: ({ bias }) => bias.fill(1, HIDDEN, 2 * HIDDEN),
  states: ({ kernel, recurrent, bias }, inputs, counts) =>
    lstmLoop(product(inputs, kernel as tf.Tensor2D).add(bias), recurrent as tf.Tensor2D, counts),
};
