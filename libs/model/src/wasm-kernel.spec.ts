import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { randomArtifact, seededRandom } from './fixtures.js';
import { kernelOf } from './kernel.js';
import { initialLstmState, type LstmState } from './lstm.js';
import { referenceKernel } from './reference-kernel.js';
import { wasmKernel } from './wasm-kernel.js';

const networks = fc.record({
  stepSize: fc.integer({ min: 1, max: 40 }),
  wideSize: fc.integer({ min: 1, max: 60 }),
  hidden: fc.constantFrom(4, 8, 32, 64),
  seed: fc.nat(1e6),
});

/** Steps as events make them: a third of the inputs are 0. */
const stepsOf = (count: number, size: number, random: () => number): Float32Array =>
  Float32Array.from({ length: count * size }, () => (random() < 0.33 ? 0 : 6 * random() - 3));

const largest = (values: ArrayLike<number>, others: ArrayLike<number>): number =>
  Math.max(...Array.from(values, (value, i) => Math.abs(value - others[i]!)));

describe('the WebAssembly kernel', () => {
  it('equals the reference within 1e-5: memory after 128 steps, and the curve', () => {
    fc.assert(
      fc.property(networks, (sizes) => {
        const artifact = randomArtifact(sizes);
        const kernels = [wasmKernel(artifact)!, referenceKernel(artifact)] as const;
        const random = seededRandom(sizes.seed);
        const inputs = sizes.stepSize + artifact.embedding.size;
        const memories = kernels.map(() => initialLstmState(sizes.hidden)) as [LstmState, LstmState];
        for (let step = 0; step < 128; step++) {
          const input = stepsOf(1, inputs, random);
          kernels.forEach((kernel, i) => kernel.step(memories[i]!, input));
        }
        expect(largest(memories[0].h, memories[1].h)).toBeLessThan(1e-5);
        expect(largest(memories[0].c, memories[1].c)).toBeLessThan(1e-5);
        const wide = (days: number, out: Float32Array) => out.forEach((_, i) => (out[i] = Math.log1p(days + i) - 1));
        const [curve, expected] = kernels.map((kernel) => kernel.curve(memories[1].h, wide)) as [
          Float64Array,
          Float64Array,
        ];
        expect(largest(curve, expected)).toBeLessThan(1e-5);
      }),
      { numRuns: 60 },
    );
  });

  it('gives each customer the same bits, alone and in a batch of any size and order', () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: 150 }), (sizes, count) => {
        const artifact = randomArtifact(sizes);
        const kernel = wasmKernel(artifact)!;
        const random = seededRandom(sizes.seed);
        const size = sizes.stepSize + artifact.embedding.size;
        const inputs = stepsOf(count, size, random);
        const start = { h: stepsOf(count, sizes.hidden, random), c: stepsOf(count, sizes.hidden, random) };
        const together = { h: start.h.slice(), c: start.c.slice() };
        kernel.step(together, inputs);
        const order = Array.from({ length: count }, (_, i) => i).sort(() => random() - 0.5);
        const inOrder = (of: Float32Array, width: number) =>
          Float32Array.from(order.flatMap((i) => [...of.subarray(i * width, (i + 1) * width)]));
        const mixed = { h: inOrder(start.h, sizes.hidden), c: inOrder(start.c, sizes.hidden) };
        kernel.step(mixed, inOrder(inputs, size));
        expect(mixed.h).toEqual(inOrder(together.h, sizes.hidden));
        expect(mixed.c).toEqual(inOrder(together.c, sizes.hidden));
        for (let i = 0; i < count; i++) {
          const own = (of: Float32Array, width: number) => of.slice(i * width, (i + 1) * width);
          const alone = { h: own(start.h, sizes.hidden), c: own(start.c, sizes.hidden) };
          kernel.step(alone, own(inputs, size));
          expect(alone.h).toEqual(own(together.h, sizes.hidden));
          expect(alone.c).toEqual(own(together.c, sizes.hidden));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stays finite and within the gates whatever finite numbers come', () => {
    const artifact = randomArtifact({ stepSize: 6, wideSize: 3, hidden: 8 });
    const kernel = wasmKernel(artifact)!;
    for (const value of [0, -0, 1e-40, 1e6, -1e6, 3e38, -3e38]) {
      const memory = initialLstmState(8);
      for (let step = 0; step < 50; step++) kernel.step(memory, new Float32Array(10).fill(value));
      expect([...memory.h].every((h) => Math.abs(h) <= 1)).toBe(true);
      expect([...memory.c].every((c) => Math.abs(c) <= 50)).toBe(true);
    }
  });

  it('serves several networks in turn', () => {
    const artifacts = [1, 2].map((seed) => randomArtifact({ stepSize: 6, wideSize: 3, hidden: 8 * seed, seed }));
    const input = stepsOf(1, 10, seededRandom(3));
    const after = (times: number) =>
      artifacts.map((artifact) => {
        const memory = initialLstmState(artifact.hidden);
        for (let i = 0; i < times; i++) kernelOf(artifact).step(memory, input);
        return memory;
      });
    const expected = after(2);
    const memories = artifacts.map(({ hidden }) => initialLstmState(hidden));
    for (let i = 0; i < 2; i++) artifacts.forEach((artifact, a) => kernelOf(artifact).step(memories[a]!, input));
    expect(memories).toEqual(expected);
  });

  it('refuses inputs of another size', () => {
    const artifact = randomArtifact({ stepSize: 6, wideSize: 3, hidden: 8 });
    expect(() => wasmKernel(artifact)!.step(initialLstmState(16), new Float32Array(10))).toThrow(
      /must be 2 × 10 numbers, not 10/,
    );
  });

  it('leaves sizes that it has not to the reference', () => {
    const odd = randomArtifact({ stepSize: 6, wideSize: 3, hidden: 6 });
    expect(wasmKernel(odd)).toBeNull();
    const memory = initialLstmState(6);
    kernelOf(odd).step(memory, new Float32Array(10).fill(1));
    const expected = initialLstmState(6);
    referenceKernel(odd).step(expected, new Float32Array(10).fill(1));
    expect(memory).toEqual(expected);
  });
});
