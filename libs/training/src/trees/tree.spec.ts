import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type Matrix, matrixOf } from '../matrix.js';
import { binned } from './bins.js';
import { addTree, type Growth, growTree, type Tree } from './tree.js';

const all = (rows: number) => Int32Array.from({ length: rows }, (_, i) => i);

const columnsOf = (x: Matrix) => Array.from({ length: x.columns }, (_, k) => k);

/** A tree whose leaves are means of y. */
function meanTree(x: Matrix, y: readonly number[], growth: Partial<Growth> = {}): Tree {
  return growTree(binned(x), all(y.length), {
    g: Float64Array.from(y, (value) => -value),
    h: new Float64Array(y.length).fill(1),
    leaves: Infinity,
    leafRows: 1,
    lambda: 0,
    columns: () => columnsOf(x),
    ...growth,
  });
}

function predict(tree: Tree, x: Matrix): number[] {
  const sums = new Float64Array(x.values.length / x.columns);
  addTree(tree, x, sums, 1);
  return [...sums];
}

const rows = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 2, maxLength: 80 }); // prettier-ignore

describe('a tree', () => {
  it('splits where the labels change, and at the value between', () => {
    const x = matrixOf([1, 2, 3, 10, 11, 12].map((value) => [0, value]));
    const tree = meanTree(x, [0, 0, 0, 1, 1, 1]);
    expect(tree.feature[0]).toBe(1);
    expect(tree.threshold[0]).toBe(6.5);
    expect(predict(tree, matrixOf([[0, 6], [0, 7]]))).toEqual([0, 1]); // prettier-ignore
  });

  it('has leaves of −G/(H + λ), and splits first what gains most', () => {
    const x = matrixOf([[1], [2], [3], [4]]);
    const tree = meanTree(x, [0, 0, 4, 6], { leaves: 2, lambda: 1 });
    expect(tree.threshold[0]).toBe(2.5);
    expect(predict(tree, x)).toEqual([0, 0, 10 / 3, 10 / 3]);
  });

  it('tells all rows apart that differ, when nothing holds it up', () => {
    fc.assert(
      fc.property(rows, (sample) => {
        const x = matrixOf(sample.map(([a, b]) => [a, b]));
        const y = sample.map(([, , label]) => label);
        const predicted = predict(meanTree(x, y), x);
        sample.forEach(([a, b], i) => {
          const same = sample.flatMap(([c, d, label]) => (a === c && b === d ? [label] : []));
          const mean = same.reduce((sum, value) => sum + value, 0) / same.length;
          // A split that gains next to nothing is not made.
          expect(Math.abs(predicted[i]! - mean)).toBeLessThan(1e-4);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('is the same tree when only one of two siblings is counted', () => {
    const growth = fc.record({ leafRows: fc.integer({ min: 1, max: 5 }), leaves: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(rows, growth, (sample, limits) => {
        const x = matrixOf(sample.map(([a, b]) => [a, b]));
        const y = sample.map(([, , label]) => Math.round(16 * label)); // whole numbers add up exactly, in any order
        expect(meanTree(x, y, { ...limits, columns: columnsOf(x) })).toEqual(meanTree(x, y, limits));
      }),
    );
  });

  it('keeps at least so many rows in a leaf, and at most so many leaves', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6 }), (sample, leafRows, leaves) => {
        const x = matrixOf(sample.map(([a, b]) => [a, b]));
        const tree = meanTree(x, sample.map(([, , label]) => label), { leafRows, leaves }); // prettier-ignore
        const counts = new Map<number, number>();
        for (const value of predict({ ...tree, value: tree.value.map((_, node) => node) }, x))
          counts.set(value, (counts.get(value) ?? 0) + 1);
        expect(counts.size).toBeLessThanOrEqual(leaves);
        if (counts.size > 1) expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(leafRows);
      }),
    );
  });
});

describe('bins', () => {
  it('never part equal values, keep their order, and are at most 255', () => {
    const values = Array.from({ length: 5_000 }, (_, i) => [Math.floor((i * 7919) % 5_000) / 3, i % 2]);
    const { codes, edges } = binned(matrixOf(values));
    expect(edges[0]!.length).toBeLessThanOrEqual(254);
    expect(edges[1]!).toHaveLength(1);
    const order = all(values.length).sort((a, b) => values[a]![0]! - values[b]![0]!);
    const sorted = [...order].map((row) => codes[0]![row]!);
    expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
  });
});
