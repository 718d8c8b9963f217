// What each group of inputs does to the logit of the network at a silence, against a customer of whom nothing but the average is known: Shapley
// values (1953), exact over the few groups, so that they add up whatever interacts inside the network. The network's memory is a group of its own,
// without which it is empty, and so is the silence as the head is told of it.
import { addRow, addRows, noRows } from './add-rows.js';
import { type Artifact } from './artifact.js';
import { denseInputs, type Known } from './known.js';

/** Terms of a logit; all of them together are the logit. */
export interface GroupEffects {
  /** Of the average customer, with an empty memory and no silence. */
  readonly average: number;
  /** Of the network's memory: what came after what. */
  readonly memory: number;
  /** Of the silence itself, beside what the wide features have of it. */
  readonly silence: number;
  /** Of each group of wide features. */
  readonly groups: readonly number[];
}

/** Which wide features go together. */
export interface Grouping {
  /** Number of its group, of each wide feature, [W]. */
  readonly groupOf: ArrayLike<number>;
  readonly groups: number;
}

/** What a group adds. */
interface Part {
  /** To the sums of the hidden units, [units]. */
  readonly sums: Float64Array;
  /** To the logit past them. */
  readonly skipped: number;
}

/** The logit is the network's own: a served curve is joined from its values at the knots, and never falls. */
export function groupEffects(artifact: Artifact, known: Known, grouping: Grouping): GroupEffects {
  const { groups } = grouping;
  const values = logitsOfSets(artifact, partsOf(artifact, known, grouping));
  const effects = shapley(groups + 2, values);
  return {
    average: values[0]!,
    memory: effects[groups]!,
    silence: effects[groups + 1]!,
    groups: effects.slice(0, groups),
  };
}

/** The logit by itself. */
export function networkLogit(artifact: Artifact, known: Known): number {
  const together = { groupOf: new Uint8Array(known.wide.length), groups: 1 };
  return logitsOfSets(artifact, partsOf(artifact, known, together)).at(-1)!;
}

/** Of each group, then of the memory and of the silence. */
function partsOf(artifact: Artifact, known: Known, { groupOf, groups }: Grouping): Part[] {
  const { dense, skip, hidden, wideSize } = artifact;
  const units = dense.bias.length;
  const inputs = denseInputs(artifact, known);
  const rows = noRows(inputs.length);
  const add = (from: number, until: number, isIn: (i: number) => boolean = () => true) => {
    for (let i = from; i < until; i++) if (isIn(i)) addRow(rows, inputs[i]!, i * units);
  };
  const take = (skipped = 0): Part => {
    const sums = new Float64Array(units);
    addRows(sums, rows, dense.kernel);
    return { sums, skipped };
  };
  const silenceAt = hidden + wideSize;
  const parts = Array.from({ length: groups }, (_, group) => {
    let skipped = 0;
    add(hidden, silenceAt, (i) => groupOf[i - hidden] === group);
    for (let i = 0; i < wideSize; i++) if (groupOf[i] === group) skipped += inputs[hidden + i]! * skip[i]!;
    return take(skipped);
  });
  add(0, hidden);
  const memory = take();
  add(silenceAt, inputs.length);
  return [...parts, memory, take()];
}

/** The logit when only the parts of a set (bit by bit) are known, of every set. The sums of one are those of a smaller one and a part more. */
function logitsOfSets({ dense, output, calibration }: Artifact, parts: readonly Part[]): Float64Array {
  const units = dense.bias.length;
  const count = 1 << parts.length;
  if (sums.length < count * units) sums = new Float64Array(count * units);
  const [skipped, values] = [new Float64Array(count), new Float64Array(count)];
  const nothing: Part = { sums: new Float64Array(units), skipped: 0 };
  sums.set(dense.bias);
  for (let set = 0; set < count; set++) {
    const last = 31 - Math.clz32(set);
    const smaller = set === 0 ? 0 : set ^ (1 << last);
    const part = parts[last] ?? nothing;
    const [from, to] = [smaller * units, set * units];
    skipped[set] = skipped[smaller]! + part.skipped;
    let raw = output.bias + skipped[set]!;
    for (let j = 0; j < units; j++) {
      const sum = sums[from + j]! + part.sums[j]!;
      sums[to + j] = sum;
      raw += Math.max(0, sum) * output.kernel[j]!;
    }
    values[set] = raw * calibration.slope;
  }
  return values;
}
/** Of the sets, [sets × units]; written anew each time. */
let sums = new Float64Array(0);

/** φ_g = Σ over sets S without g of |S|! (n − |S| − 1)! / n! · (v(S ∪ g) − v(S)). */
function shapley(n: number, values: Float64Array): number[] {
  const weights = setWeights(n);
  return Array.from({ length: n }, (_, g) => {
    let effect = 0;
    for (let set = 0; set < values.length; set++)
      if ((set & (1 << g)) === 0) effect += weights[set]! * (values[set | (1 << g)]! - values[set]!);
    return effect;
  });
}

/** |S|! (n − |S| − 1)! / n! of every set of n, [2ⁿ]; of the whole, to which nothing can be added, 0. */
function setWeights(n: number): Float64Array {
  if (weightsOfSets.length !== 1 << n)
    weightsOfSets = Float64Array.from({ length: 1 << n }, (_, set) => {
      const size = sizeOf(set);
      return size === n ? 0 : (factorial(size) * factorial(n - size - 1)) / factorial(n);
    });
  return weightsOfSets;
}
let weightsOfSets = new Float64Array(0);

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const sizeOf = (set: number): number => (set === 0 ? 0 : (set & 1) + sizeOf(set >> 1));
