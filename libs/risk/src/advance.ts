// The network reads events.
import { categoryOf, encodeStep, stepsOf } from '@holdfast/features';
import { type Artifact, embedCategory, initialLstmState, inputsOf, kernelOf, type LstmState } from '@holdfast/model';

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

/** The memory that the network has of some steps. @param steps packed by libs/features */
export function readSteps(artifact: Artifact, steps: Uint8Array): LstmState {
  const memory = initialLstmState(artifact.hidden);
  for (const { x } of stepsOf(steps)) advance(artifact, memory, x);
  return memory;
}

/** Written anew by every step. */
let input = new Float32Array(0); // [inputs]
