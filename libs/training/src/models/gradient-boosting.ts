// Gradient boosting of log-loss (Friedman 2001; second order and histograms as in LightGBM): logit ← logit + η · tree(g, h) with
// g = p − y and h = p(1 − p), each tree on a part of the rows and of the features, as many trees as validation log-loss bears.
import { sigmoid } from '@holdfast/model';

import { type Matrix, rowCount } from '../matrix.js';
import { type Random, randomFor, shuffled } from '../random.js';
import { type Rows } from '../rows.js';
import { type Binned, binned } from '../trees/bins.js';
import { addTree, growTree, type Tree } from '../trees/tree.js';
import { bestOf, type ChurnModel, loglossOf } from './churn-model.js';

const RATE = 0.03;
const MOST_TREES = 800;
const PATIENCE = 40;
const ROW_SHARE = 0.7;
const COLUMN_SHARE = 0.6;
const LAMBDA = 5;
const CANDIDATES = [5, 15].flatMap((leaves) => [20, 100].map((leafRows) => ({ leaves, leafRows })));
type Candidate = (typeof CANDIDATES)[number];

export const gradientBoosting: ChurnModel = {
  key: 'lightgbm',
  name: 'gradient boosting',
  isSeeded: true,
  fit: ({ training, validation }, seed) => {
    const bins = binned(training.x);
    return bestOf(CANDIDATES, validation, (candidate) => {
      const boosted = boost(bins, training, validation, { ...candidate, random: randomFor(seed, 'boosting') });
      return {
        chosen: { ...candidate, trees: boosted.trees.length },
        logits: ({ x }) => boostedLogits(boosted, x),
      };
    });
  },
};

interface Boosted {
  /** Logit of the base rate. */
  readonly start: number;
  readonly trees: readonly Tree[];
}

function boost(
  bins: Binned,
  { x, y }: Rows,
  validation: Rows,
  { leaves, leafRows, random }: Candidate & { readonly random: Random },
): Boosted {
  const share = Math.min(1 - 1e-6, Math.max(1e-6, y.reduce((sum, label) => sum + label, 0) / y.length));
  const start = Math.log(share / (1 - share));
  const logits = new Float64Array(y.length).fill(start);
  const judged = new Float64Array(validation.y.length).fill(start);
  const [g, h] = [new Float64Array(y.length), new Float64Array(y.length)];
  const all = Array.from({ length: x.columns }, (_, k) => k);
  const trees: Tree[] = [];
  let best = { trees: 0, loss: loglossOf(judged, validation.y) };
  while (trees.length < MOST_TREES && trees.length - best.trees < PATIENCE) {
    logits.forEach((logit, i) => {
      const p = sigmoid(logit);
      g[i] = p - y[i]!;
      h[i] = p * (1 - p);
    });
    const columns = shuffled(all, random).slice(0, Math.round(COLUMN_SHARE * x.columns));
    const tree = growTree(bins, partOf(y.length, random), { g, h, leaves, leafRows, lambda: LAMBDA, columns });
    trees.push(tree);
    addTree(tree, x, logits, RATE);
    addTree(tree, validation.x, judged, RATE);
    const loss = loglossOf(judged, validation.y);
    if (loss < best.loss) best = { trees: trees.length, loss };
  }
  return { start, trees: trees.slice(0, best.trees) };
}

/** About {@link ROW_SHARE} of the rows, in order. */
const partOf = (rows: number, random: Random): Int32Array => {
  const part = new Int32Array(rows);
  let length = 0;
  for (let i = 0; i < rows; i++) if (random.next() < ROW_SHARE) part[length++] = i;
  return part.subarray(0, length);
};

function boostedLogits({ start, trees }: Boosted, x: Matrix): Float64Array {
  const logits = new Float64Array(rowCount(x)).fill(start);
  for (const tree of trees) addTree(tree, x, logits, RATE);
  return logits;
}
