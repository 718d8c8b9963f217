// The network reads one event.
import { categoryOf, encodeStep } from '@holdfast/features';
import { type Artifact, embedCategory, kernelOf, type LstmState } from '@holdfast/model';

/**
 * Advances the network's memory in place by a raw step input; `null`, where a burst of views is collapsed, changes nothing.
 * @param x [STEP_INPUTS.length]
 */
export function advance(artifact: Artifact, memory: LstmState, x: readonly number[] | null): void {
  if (x === null) return;
  const input = inputOf(artifact);
  encodeStep(x, artifact.scale, input);
  embedCategory(artifact, categoryOf(x), input, artifact.stepSize);
  kernelOf(artifact).step([memory], input);
}

let input = new Float32Array(0);

/** [stepSize + embedding.size], written anew by every step. */
function inputOf({ stepSize, embedding }: Artifact): Float32Array {
  if (input.length !== stepSize + embedding.size) input = new Float32Array(stepSize + embedding.size);
  return input;
}
