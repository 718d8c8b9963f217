// What reads a customer's steps: one of several recurrent networks. Steps are laid out without padding (batch.ts), and no kernel is used
// that the WASM backend lacks a gradient for.
import * as tf from '@tensorflow/tfjs';
import { STEP_SIZE } from '@holdfast/features';

/** Size of a hidden state. */
export const HIDDEN = 32;
export const EMBEDDING_SIZE = 4;
/** Size of a step as encoders see it. */
export const INPUTS = STEP_SIZE + EMBEDDING_SIZE;

/** Weights by name. */
export type Tensors<Name extends string> = Readonly<Record<Name, tf.Tensor>>;

/** `Name`: of its weights. */
export interface Encoder<Name extends string> {
  readonly shapes: Readonly<Record<Name, readonly number[]>>;
  /** Changes random first weights where they should not be random. */
  prepare?(weights: Readonly<Record<Name, Float32Array>>): void;
  /** Hidden states after every step, [N, HIDDEN], from inputs [N, INPUTS], both step-major; `counts`: customers that have a step t. */
  states(weights: Tensors<Name>, inputs: tf.Tensor2D, counts: readonly number[]): tf.Tensor2D;
}

/** Rows [N, …], step-major, as a tensor a step. */
export const perStep = (rows: tf.Tensor2D, counts: readonly number[]): tf.Tensor2D[] =>
  counts.length > 1 ? tf.split(rows, [...counts], 0) : [rows];

/**
 * Runs a recurrence of one or more states [customers, HIDDEN], all 0 at first; the first of them is what the encoder emits. `rows`:
 * whatever a step is made of, [N, …], step-major.
 */
export function recur(
  rows: tf.Tensor2D,
  counts: readonly number[],
  states: number,
  step: (row: tf.Tensor2D, states: readonly tf.Tensor2D[]) => readonly tf.Tensor2D[],
): tf.Tensor2D {
  const steps = perStep(rows, counts);
  let now: readonly tf.Tensor2D[] = Array.from({ length: states }, () => tf.zeros([counts[0]!, HIDDEN]));
  const emitted = counts.map((count, t) => {
    // Customers without a step t are the last ones.
    if (now[0]!.shape[0] > count) now = now.map((state) => state.slice([0, 0], [count, HIDDEN]));
    now = step(steps[t]!, now);
    return now[0]!;
  });
  return tf.concat(emitted, 0);
}
