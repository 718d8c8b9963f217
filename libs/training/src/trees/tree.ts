// One regression tree on gradients: a leaf's value is −G/(H + λ), and a split gains GL²/(HL+λ) + GR²/(HR+λ) − G²/(H+λ), G and H the
// sums of first and second derivatives of the loss over its rows (Chen & Guestrin 2016, XGBoost §2.2). With g = −y and h = 1 it is the
// tree of a random forest: leaves are means, and the gain is the decrease of variance, which for labels 0/1 is Gini's.
import { type Matrix, rowCount } from '../matrix.js';
import { type Binned } from './bins.js';

/** Nodes in arrays; node 0 is the root, and a node whose `left` is 0 is a leaf. */
export interface Tree {
  readonly feature: readonly number[];
  /** Rows with a value up to this go left. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

export interface Growth {
  /** First derivatives of the loss. */
  readonly g: Float64Array; // [rows]
  /** Second derivatives. */
  readonly h: Float64Array; // [rows]
  /** Most leaves; the one that gains most is split first. `Infinity`: until nothing can be gained. */
  readonly leaves: number;
  /** Fewest rows of a leaf. */
  readonly leafRows: number;
  readonly lambda: number;
  /** Columns among which the split of a node is looked for. */
  columns(): readonly number[];
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly until: number;
  readonly split: Split | null;
}

/** Grows a tree on some rows, each taken as often as it is named. `rows` is put into another order. */
export function growTree({ codes, edges }: Binned, rows: Int32Array, growth: Growth): Tree {
  const { g, h, leaves, leafRows, lambda } = growth;
  const tree = { feature: [0], threshold: [0], left: [0], right: [0], value: [0] };
  const bins = Math.max(...edges.map(({ length }) => length)) + 1;
  const [sumG, sumH, count] = [new Float64Array(bins), new Float64Array(bins), new Int32Array(bins)];
  const spare = new Int32Array(rows.length);

  /** Sets the value of a node, and finds its best split. */
  const look = (node: number, from: number, until: number): Leaf => {
    let [allG, allH] = [0, 0];
    for (let i = from; i < until; i++) {
      allG += g[rows[i]!]!;
      allH += h[rows[i]!]!;
    }
    tree.value[node] = -allG / (allH + lambda);
    if (until - from < 2 * leafRows) return { node, from, until, split: null };
    const parent = (allG * allG) / (allH + lambda);
    let split: Split | null = null;
    for (const column of growth.columns()) {
      const last = edges[column]!.length;
      sumG.fill(0, 0, last + 1);
      sumH.fill(0, 0, last + 1);
      count.fill(0, 0, last + 1);
      const code = codes[column]!;
      for (let i = from; i < until; i++) {
        const row = rows[i]!;
        const bin = code[row]!;
        sumG[bin]! += g[row]!;
        sumH[bin]! += h[row]!;
        count[bin]! += 1;
      }
      let [leftG, leftH, left] = [0, 0, 0];
      for (let bin = 0; bin < last; bin++) {
        leftG += sumG[bin]!;
        leftH += sumH[bin]!;
        left += count[bin]!;
        if (left < leafRows) continue;
        if (until - from - left < leafRows) break;
        const [rightG, rightH] = [allG - leftG, allH - leftH];
        const gain = (leftG * leftG) / (leftH + lambda) + (rightG * rightG) / (rightH + lambda) - parent;
        if (gain > (split?.gain ?? 1e-9)) split = { gain, column, bin };
      }
    }
    return { node, from, until, split };
  };

  /** Rows that go left first, in the order they had. */
  const part = ({ from, until }: Leaf, { column, bin }: Split): number => {
    const code = codes[column]!;
    let [left, right] = [from, 0];
    for (let i = from; i < until; i++) {
      const row = rows[i]!;
      if (code[row]! <= bin) rows[left++] = row;
      else spare[right++] = row;
    }
    rows.set(spare.subarray(0, right), left);
    return left;
  };

  const open = [look(0, 0, rows.length)];
  for (let count = 1; count < leaves; count++) {
    const leaf = takeBest(open, Number.isFinite(leaves));
    if (!leaf?.split) break;
    const { node, split } = leaf;
    const middle = part(leaf, split);
    const left = tree.value.length;
    for (const list of Object.values(tree)) list.push(0, 0);
    tree.feature[node] = split.column;
    tree.threshold[node] = edges[split.column]![split.bin]!;
    tree.left[node] = left;
    tree.right[node] = left + 1;
    open.push(look(left, leaf.from, middle), look(left + 1, middle, leaf.until));
  }
  return tree;
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
