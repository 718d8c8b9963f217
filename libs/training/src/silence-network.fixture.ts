// For tests: a network that knows nothing but silence.
import { WIDE_SIZE } from '@holdfast/features';
import { type Artifact } from '@holdfast/model';

import { firstWeights, LSTM_WIDE } from './networks/network.js';
import { randomFor } from './random.js';
import { artifactOf } from './served.js';

export const definition = { horizonDays: 20, activeDays: 40 };

/** logit = level + rise · (silence / H − after)⁺. */
export function silenceNetwork(level: number, rise = 0, after = 0): Artifact {
  const blank = artifactOf(firstWeights(LSTM_WIDE, randomFor(1, 'weights')), {
    ...definition,
    medianOrderMinor: 1_000,
    scaler: { mean: new Float32Array(WIDE_SIZE), deviation: new Float32Array(WIDE_SIZE).fill(1) },
    seed: 1,
  });
  const kernel = blank.dense.kernel.map(() => 0);
  kernel[kernel.length - blank.dense.bias.length] = 1;
  const output = { kernel: blank.output.kernel.map((_, i) => (i === 0 ? rise : 0)), bias: level };
  const dense = { kernel, bias: blank.dense.bias.map((_, i) => (i === 0 ? -after : 0)) };
  return { ...blank, dense, output, skip: blank.skip.map(() => 0) };
}
