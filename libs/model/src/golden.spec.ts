// Golden vectors: the serving kernels against TensorFlow.js layers with the same weights.
import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';

import { type Artifact } from './artifact.js';
import { randomArtifact, seededRandom } from './fixtures.js';
import { initialLstmState } from './lstm.js';
import { referenceKernel } from './reference-kernel.js';
import { wasmKernel } from './wasm-kernel.js';

tf.enableProdMode(); // no advice about other backends
await tf.setBackend('cpu');

const KERNELS = [
  ['WebAssembly', (artifact: Artifact) => wasmKernel(artifact)!],
  ['reference', referenceKernel],
] as const;

describe.each(KERNELS)('the %s kernel equals TensorFlow.js', (_name, kernelOf) => {
  it.each([1, 2, 3])('LSTM over 40 steps, seed %i', (seed) => {
    const artifact = randomArtifact({ stepSize: 6, wideSize: 3, hidden: 12, seed });
    const [inputs, steps] = [10, 40];
    const random = seededRandom(seed + 100);
    // A third of the inputs are 0, as one-hot inputs are.
    const rows = Array.from({ length: steps }, () =>
      Float32Array.from({ length: inputs }, () => (random() < 0.33 ? 0 : 4 * random() - 2)),
    );
    const layer = tf.layers.lstm({
      units: 12,
      recurrentActivation: 'sigmoid',
      returnSequences: true,
      inputShape: [steps, inputs],
    });
    const sequence = tf.tensor3d(
      rows.flatMap((row) => [...row]),
      [1, steps, inputs],
    ); // [batch, steps, inputs]
    layer.apply(sequence); // makes the weights
    layer.setWeights([
      tf.tensor2d(artifact.lstm.kernel, [inputs, 48]),
      tf.tensor2d(artifact.lstm.recurrent, [12, 48]),
      tf.tensor1d(artifact.lstm.bias),
    ]);
    const expected = (layer.apply(sequence) as tf.Tensor3D).arraySync()[0]!;
    const kernel = kernelOf(artifact);
    const state = initialLstmState(12);
    rows.forEach((row, t) => {
      kernel.step(state, row);
      state.h.forEach((value, j) => expect(Math.abs(value - expected[t]![j]!)).toBeLessThan(1e-5));
    });
  });

  it('head at every knot: dense, output, skip, running maximum and slope', () => {
    const artifact = randomArtifact({ stepSize: 6, wideSize: 9, hidden: 8, seed: 5 });
    const random = seededRandom(9);
    const h = Float32Array.from({ length: 8 }, () => 2 * random() - 1);
    const wides = artifact.knotsDays.map(() => Float32Array.from({ length: 9 }, () => 3 * random()));
    const dense = tf.layers.dense({ units: 32, activation: 'relu', inputShape: [19] });
    const output = tf.layers.dense({ units: 1, inputShape: [32] });
    dense.build([null, 19]);
    output.build([null, 32]);
    dense.setWeights([tf.tensor2d(artifact.dense.kernel, [19, 32]), tf.tensor1d(artifact.dense.bias)]);
    output.setWeights([tf.tensor2d(artifact.output.kernel, [32, 1]), tf.tensor1d([artifact.output.bias])]);
    const z = wides.map((wide) =>
      [...wide].map((v, i) => (v - artifact.scaler.mean[i]!) / artifact.scaler.deviation[i]!),
    );
    const rows = z.map((row, k) => {
      const s = artifact.knotsDays[k]!;
      return [...h, ...row, Math.log1p(s) / 4, s / 90];
    });
    const deep = output.apply(dense.apply(tf.tensor2d(rows))) as tf.Tensor2D; // [knots, 1]
    const wide = tf.tensor2d(z).matMul(tf.tensor2d(artifact.skip, [9, 1]));
    let highest = -Infinity;
    const expected = [...deep.add(wide).dataSync()].map((raw) => 0.9 * (highest = Math.max(highest, raw)));
    const curve = kernelOf(artifact).curve(h, (days, out) => out.set(wides[artifact.knotsDays.indexOf(days)]!));
    curve.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-5));
  });
});
