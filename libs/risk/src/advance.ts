// The network reads one event.
import { categoryOf, encodeStep } from '@holdfast/features';
import { type Artifact, embedCategory, inputsOf, kernelOf, type LstmState } from '@holdfast/model';

/**
 * Advances the network's memory in place by a raw step input; `null`, where a burst of views is collapsed, changes nothing.
 * @param x [STEP_INPUTS.length]
 */
export function advance(artifact: Artifact, memory: LstmState, x: readonly number[] | null): void {
  if (x === null) return;
  const size = inputsOf(artifact);
  if (input.length !== size) input = new Float32Array(size);
  encodeStep(x, artifact.scale, input);
  embedCategory(artifact, categoryOf(x), input, artifact.stepSize);
  kernelOf(artifact).step(memory, input);
}

/** Written anew by every step. */
let input = new Float32Array(0); // [inputs]
