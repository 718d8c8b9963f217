// The network in plain loops, sums in float64: what the faster kernel is measured against, and takes its place for sizes that it has not.
import { type Artifact } from './artifact.js';
import { drawCurve } from './curve.js';
import { type Kernel } from './kernel.js';
import { lstmStep } from './lstm.js';

export const referenceKernel = (artifact: Artifact): Kernel => ({
  step(memories, inputs) {
    const size = inputs.length / memories.length;
    memories.forEach((memory, i) => lstmStep(artifact.lstm, memory, inputs.subarray(i * size, (i + 1) * size)));
  },
  curve: (h, wideOfKnot) => drawCurve(artifact, h, wideOfKnot),
});
