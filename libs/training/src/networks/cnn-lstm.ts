// A causal convolution before the LSTM: x'_t = ReLU(Σ_k W_k x_(t−k) + b) over a step and the two before it.
import * as tf from '@tensorflow/tfjs';

import { type Encoder, INPUTS, perStep } from './encoder.js';
import { LSTM, type LstmWeight } from './lstm.js';
import { product } from './product.js';

/** Steps that are seen at once. */
const WIDTH = 3;

export type CnnLstmWeight = 'filters' | 'filtersBias' | LstmWeight;

export const CNN_LSTM: Encoder<CnnLstmWeight> = {
  ...LSTM,
  shapes: { filters: [WIDTH * INPUTS, INPUTS], filtersBias: [INPUTS], ...LSTM.shapes },
  states({ filters, filtersBias, ...lstm }, inputs, counts) {
    const steps = perStep(inputs, counts);
    const earlier = Array.from({ length: WIDTH }, (_, back) =>
      tf.concat(counts.map((count, t) => steps[t - back]?.slice([0, 0], [count, INPUTS]) ?? tf.zeros([count, INPUTS]))),
    );
    const seen = product(tf.concat(earlier, 1) as tf.Tensor2D, filters as tf.Tensor2D).add(filtersBias).relu(); // prettier-ignore
    return LSTM.states(lstm, seen as tf.Tensor2D, counts);
  },
};
