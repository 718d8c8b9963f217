// GRU (Cho et al. 2014): z, r = σ(W x + U h + b),  n = tanh(W x + U (r ⊙ h) + b),  h ← (1 − z) ⊙ n + z ⊙ h.
import type * as tf from '@tensorflow/tfjs';
import { split } from '@tensorflow/tfjs';

import { type Encoder, HIDDEN, INPUTS, recur } from './encoder.js';
import { product } from './product.js';

export type GruWeight = 'kernel' | 'gates' | 'candidate' | 'bias';

export const GRU: Encoder<GruWeight> = {
  shapes: {
    kernel: [INPUTS, 3 * HIDDEN],
    gates: [HIDDEN, 2 * HIDDEN],
    candidate: [HIDDEN, HIDDEN],
    bias: [3 * HIDDEN],
  },
  states: ({ kernel, gates, candidate, bias }, inputs, counts) =>
    recur(product(inputs, kernel as tf.Tensor2D).add(bias), counts, 1, (row, [h]) => {
      const [fromZ, fromR, fromN] = split(row, 3, 1) as tf.Tensor2D[];
      const [toZ, toR] = split(product(h!, gates as tf.Tensor2D), 2, 1) as tf.Tensor2D[];
      const z = fromZ!.add(toZ!).sigmoid();
      const r = fromR!.add(toR!).sigmoid();
      const n = fromN!.add(product(r.mul(h!), candidate as tf.Tensor2D)).tanh();
      return [n.add(z.mul(h!.sub(n)))];
    }),
};
