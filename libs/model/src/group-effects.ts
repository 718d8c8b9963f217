// What each group of inputs does to the logit of the network at a silence, against a customer of whom nothing but the average is known: Shapley
// values (1953), exact over the few groups, so that they add up whatever interacts inside the network. The network's memory is a group of its own,
// without which it is empty, and so is the silence as the head is told of it.
import { type Artifact, unitDaysOf } from './artifact.js';

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

/** What a group adds to the sums of the hidden units, and last to the logit past them, [units + 1]. */
type Part = Float64Array;

/** What is known of a customer. */
export interface Known {
  /** Memory after the last event, [H]. */
  readonly h: Float32Array;
  readonly silenceDays: number;
  /** Wide features at that silence, before standardisation, [W]. */
  readonly wide: ArrayLike<number>;
}

/** The logit is the network's own: a served curve is joined from its values at the knots, and never falls. */
export function groupEffects(
  artifact: Artifact,
  { h, silenceDays, wide }: Known,
  { groupOf, groups }: Grouping,
): GroupEffects {
  const values = logitsOfSets(artifact, partsOf(artifact, { h, silenceDays, wide }, { groupOf, groups }));
  const effects = shapley(groups + 2, values);
  return {
    average: values[0]!,
    memory: effects[groups]!,
    silence: effects[groups + 1]!,
    groups: effects.slice(0, groups),
  };
}

/** Of each group, then of the memory and of the silence. */
function partsOf(artifact: Artifact, { h, silenceDays, wide }: Known, { groupOf, groups }: Grouping): Part[] {
  const { dense, skip, scaler, hidden } = artifact;
  const units = dense.bias.length;
  const parts = Array.from({ length: groups + 2 }, (): Part => new Float64Array(units + 1));
  const addRow = (sums: Part, value: number, row: number) => {
    for (let j = 0; j < units; j++) sums[j]! += value * dense.kernel[row * units + j]!;
  };
  const [memory, silence] = [parts[groups]!, parts[groups + 1]!];
  for (let i = 0; i < hidden; i++) addRow(memory, h[i]!, i);
  const units90 = silenceDays / unitDaysOf(artifact);
  addRow(silence, Math.log1p(units90) / 4, hidden + wide.length);
  addRow(silence, units90 / 90, hidden + wide.length + 1);
  for (let i = 0; i < wide.length; i++) {
    const z = (wide[i]! - scaler.mean[i]!) / scaler.deviation[i]!;
    if (z === 0) continue;
    const part = parts[groupOf[i]!]!;
    addRow(part, z, hidden + i);
    part[units]! += z * skip[i]!;
  }
  return parts;
}

/** The logit when only the parts of a set (bit by bit) are known, of every set. The sums of one are those of a smaller one and a part more. */
function logitsOfSets({ dense, output, calibration }: Artifact, parts: readonly Part[]): Float64Array {
  const units = dense.bias.length;
  const width = units + 1;
  const values = new Float64Array(1 << parts.length);
  const sums = new Float64Array(values.length * width);
  sums.set(dense.bias);
  for (let set = 0; set < values.length; set++) {
    const at = set * width;
    if (set > 0) {
      const last = 31 - Math.clz32(set);
      const smaller = (set ^ (1 << last)) * width;
      const part = parts[last]!;
      for (let j = 0; j < width; j++) sums[at + j] = sums[smaller + j]! + part[j]!;
    }
    let raw = output.bias + sums[at + units]!;
    for (let j = 0; j < units; j++) if (sums[at + j]! > 0) raw += sums[at + j]! * output.kernel[j]!;
    values[set] = raw * calibration.slope;
  }
  return values;
}

/** φ_g = Σ over sets S without g of |S|! (n − |S| − 1)! / n! · (v(S ∪ g) − v(S)). */
function shapley(n: number, values: Float64Array): number[] {
  const weights = Array.from({ length: n }, (_, size) => (factorial(size) * factorial(n - size - 1)) / factorial(n));
  return Array.from({ length: n }, (_, g) => {
    let effect = 0;
    for (let set = 0; set < values.length; set++)
      if ((set & (1 << g)) === 0) effect += weights[sizeOf(set)]! * (values[set | (1 << g)]! - values[set]!);
    return effect;
  });
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const sizeOf = (set: number): number => (set === 0 ? 0 : (set & 1) + sizeOf(set >> 1));
