// One regression tree on derivatives of a loss: a leaf's value is −G/(H + λ), G and H the sums of first and second ones over its rows, and
// splits gain as in histogram.ts. With g = −y and h = 1 it is the tree of a random forest: leaves are means, and the gain is the decrease
// of variance, which for labels 0/1 is Gini's.
import { type Matrix, rowCount } from '../matrix.js';
import { type Binned } from './bins.js';
import {
  bestSplit,
  countInto,
  type Derivatives,
  type Histogram,
  histogramFor,
  type Split,
  subtract,
  type Worth,
} from './histogram.js';

/** Nodes in arrays; node 0 is the root, and a node whose `left` is 0 is a leaf. */
export interface Tree {
  readonly feature: readonly number[];
  /** Rows with a value up to this go left. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

/** What a tree is grown by. */
export interface Growth extends Derivatives, Worth {
  /** Most leaves; the one that gains most is split first. `Infinity`: until nothing can be gained. */
  readonly leaves: number;
  /** Columns among which splits are looked for: of the whole tree, or of one node after the other. */
  readonly columns: readonly number[] | (() => readonly number[]);
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly until: number;
  readonly split: Split | null;
  /** Kept where columns are those of the whole tree, for its halves. */
  readonly histogram: Histogram | null;
}

/** Grows a tree on some rows, each taken as often as it is named. `rows` is put into another order. */
export function growTree(binned: Binned, rows: Int32Array, growth: Growth): Tree {
  const { g, h, leaves, leafRows, lambda, columns } = growth;
  const tree = { feature: [0], threshold: [0], left: [0], right: [0], value: [0] };
  const spare = new Int32Array(rows.length);
  const ofTree = typeof columns === 'function' ? null : columns;
  const ofNode = typeof columns === 'function' ? columns : () => columns;
  let again: Histogram | undefined;

  const counted = (of: readonly number[], from: number, until: number): Histogram => {
    const histogram = again?.fill(0) ?? histogramFor(binned, of.length);
    if (!ofTree) again = histogram;
    countInto(histogram, binned, { columns: of, rows: rows.subarray(from, until) }, growth);
    return histogram;
  };

  /** Adds a node, as a leaf that may be split. */
  const look = (node: number, { from, until, isLast, known }: Stretch): Leaf => {
    let [sumG, sumH] = [0, 0];
    for (let i = from; i < until; i++) {
      sumG += g[rows[i]!]!;
      sumH += h[rows[i]!]!;
    }
    tree.value[node] = -sumG / (sumH + lambda);
    if (isLast || until - from < 2 * leafRows) return { node, from, until, split: null, histogram: null };
    const of = ofNode();
    const histogram = known ?? counted(of, from, until);
    const split = bestSplit(histogram, binned, { columns: of, rows: until - from, g: sumG, h: sumH }, growth);
    return { node, from, until, split, histogram: ofTree && histogram };
  };

  /** Rows that go left first, in the order they had. */
  const part = ({ from, until }: Leaf, { column, bin }: Split): number => {
    const code = binned.codes[column]!;
    let [left, right] = [from, 0];
    for (let i = from; i < until; i++) {
      const row = rows[i]!;
      if (code[row]! <= bin) rows[left++] = row;
      else spare[right++] = row;
    }
    rows.set(spare.subarray(0, right), left);
    return left;
  };

  /** Histograms of a leaf's halves: the smaller is counted, the other what is left of their parent's. */
  const halves = ({ from, until, histogram }: Leaf, middle: number): readonly (Histogram | undefined)[] => {
    if (!ofTree || !histogram) return [];
    const isLeftSmaller = middle - from < until - middle;
    const smaller = isLeftSmaller ? counted(ofTree, from, middle) : counted(ofTree, middle, until);
    subtract(histogram, smaller);
    return isLeftSmaller ? [smaller, histogram] : [histogram, smaller];
  };

  const open = [look(0, { from: 0, until: rows.length, isLast: leaves < 2, known: undefined })];
  for (let grown = 2; grown <= leaves; grown++) {
    const leaf = takeBest(open, Number.isFinite(leaves));
    if (!leaf?.split) break;
    const { node, split, from, until } = leaf;
    const middle = part(leaf, split);
    const left = tree.value.length;
    for (const list of Object.values(tree)) list.push(0, 0);
    tree.feature[node] = split.column;
    tree.threshold[node] = binned.edges[split.column]![split.bin]!;
    tree.left[node] = left;
    tree.right[node] = left + 1;
    const isLast = grown === leaves;
    const [ofLeft, ofRight] = isLast ? [] : halves(leaf, middle);
    open.push(look(left, { from, until: middle, isLast, known: ofLeft }));
    open.push(look(left + 1, { from: middle, until, isLast, known: ofRight }));
  }
  return tree;
}

/** A node's rows, and what is known of it. */
interface Stretch {
  readonly from: number;
  readonly until: number;
  /** The tree is grown: it stays a leaf. */
  readonly isLast: boolean;
  readonly known: Histogram | undefined;
}

/** Takes out the leaf to be split next; any that can be split, if all will be. */
function takeBest(open: Leaf[], isChoosy: boolean): Leaf | undefined {
  if (!isChoosy) {
    for (let leaf = open.pop(); leaf; leaf = open.pop()) if (leaf.split) return leaf;
    return undefined;
  }
  let best = -1;
  open.forEach(({ split }, i) => {
    if (split && split.gain > (open[best]?.split?.gain ?? 0)) best = i;
  });
  return best < 0 ? undefined : open.splice(best, 1)[0];
}

/** Adds `factor` times the tree's value of every row to `sums`. */
export function addTree(tree: Tree, x: Matrix, sums: Float64Array, factor: number): void {
  const { feature, threshold, left, right, value } = tree;
  const rows = rowCount(x);
  for (let i = 0; i < rows; i++) {
    let node = 0;
    while (left[node] !== 0) {
      node = x.values[i * x.columns + feature[node]!]! <= threshold[node]! ? left[node]! : right[node]!;
    }
    sums[i]! += factor * value[node]!;
  }
}
