// What computes a network: in WebAssembly SIMD where the network's sizes suit it, else in plain loops.
import { type Artifact } from './artifact.js';
import { type LstmState } from './lstm.js';
import { referenceKernel } from './reference-kernel.js';
import { wasmKernel } from './wasm-kernel.js';

/** Writes the wide features [W] at a silence, before standardisation; may leave untouched what it wrote for the knot before. */
export type WideOfKnot = (silenceDays: number, out: Float32Array) => void;

/** The steps and the curve of one network. */
export interface Kernel {
  /**
   * Advances the memory of n customers, one after the other in its arrays, in place by one step each; what comes of one does not depend on the others.
   * @param memory h and c, [n × H]
   * @param inputs [n × inputs]
   */
  step(memory: LstmState, inputs: Float32Array): void;
  /**
   * Calibrated logits at the artifact's knots, never falling.
   * @param h [H]
   * @returns [K]
   */
  curve(h: Float32Array, wideOfKnot: WideOfKnot): Float64Array;
}

const kernels = new WeakMap<Artifact, Kernel>();

/** The kernel of a network, made on first use. */
export function kernelOf(artifact: Artifact): Kernel {
  let kernel = kernels.get(artifact);
  if (!kernel) kernels.set(artifact, (kernel = wasmKernel(artifact) ?? referenceKernel(artifact)));
  return kernel;
}
