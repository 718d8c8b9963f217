// Random forest (Breiman 2001): the mean of many deep trees, each grown on a sample of the rows drawn with replacement, each split
// looked for among √columns of the features.
import { type Matrix, rowCount } from '../matrix.js';
import { type Random, randomFor, shuffled } from '../random.js';
import { type Binned, binned } from '../trees/bins.js';
import { addTree, growTree, type Tree } from '../trees/tree.js';
import { bestOf, type ChurnModel } from './churn-model.js';

const TREES = 250;
/** Rows of one tree. */
const MOST_ROWS = 15_000;
const LEAF_ROWS = [5, 15, 40, 100] as const;
/** Shares of 0 and 1 have no logit. */
const LEAST = 1e-6;

export const randomForest: ChurnModel = {
  key: 'random_forest',
  name: 'random forest',
  isSeeded: true,
  fit: ({ training: { x, y }, validation }, seed) => {
    const bins = binned(x);
    return bestOf(LEAF_ROWS, validation, (leafRows) => {
      const trees = growForest(bins, y, leafRows, randomFor(seed, 'random forest'));
      return { chosen: { leafRows }, logits: (rows) => forestLogits(trees, rows.x) };
    });
  },
};

function growForest(bins: Binned, y: Uint8Array, leafRows: number, random: Random): Tree[] {
  const g = Float64Array.from(y, (label) => -label);
  const h = new Float64Array(y.length).fill(1);
  const all = Array.from({ length: bins.codes.length }, (_, k) => k);
  const some = Math.floor(Math.sqrt(all.length));
  const columns = () => shuffled(all, random).slice(0, some);
  return Array.from({ length: TREES }, () => {
    const sample = Int32Array.from({ length: Math.min(MOST_ROWS, y.length) }, () =>
      Math.floor(random.next() * y.length),
    );
    return growTree(bins, sample, { g, h, leaves: Infinity, leafRows, lambda: 0, columns });
  });
}

function forestLogits(trees: readonly Tree[], x: Matrix): Float64Array {
  const p = new Float64Array(rowCount(x));
  for (const tree of trees) addTree(tree, x, p, 1 / trees.length);
  return p.map((share) => {
    const q = Math.min(1 - LEAST, Math.max(LEAST, share));
    return Math.log(q / (1 - q));
  });
}
