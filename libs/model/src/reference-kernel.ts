// The network in plain loops, sums in float64: what the faster kernel is measured against, and takes its place for sizes that it has not.
import { type Artifact, inputsOf } from './artifact.js';
import { drawCurve } from './curve.js';
import { type Kernel } from './kernel.js';
import { lstmStep } from './lstm.js';

export const referenceKernel = (artifact: Artifact): Kernel => ({
  step({ h, c }, inputs) {
    const { hidden } = artifact;
    const size = inputsOf(artifact);
    for (let i = 0; i < h.length / hidden; i++) {
      const one = { h: h.subarray(i * hidden, (i + 1) * hidden), c: c.subarray(i * hidden, (i + 1) * hidden) };
      lstmStep(artifact.lstm, one, inputs.subarray(i * size, (i + 1) * size));
    }
  },
  curve: (h, wideOfKnot) => drawCurve(artifact, h, wideOfKnot),
});
