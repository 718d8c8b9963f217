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

/** What a group adds before the hidden units, and past them. */
interface Part {
  readonly units: Float64Array;
  linear: number;
}

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
  const { dense, output, skip, scaler, hidden, calibration } = artifact;
  const units = dense.bias.length;
  const parts = Array.from({ length: groups + 2 }, (): Part => ({ units: new Float64Array(units), linear: 0 }));
  const addRow = ({ units: sums }: Part, value: number, row: number) => {
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
    part.linear += z * skip[i]!;
  }
  /** The logit when only the groups of a set (bit by bit) are known. */
  const logitOf = (set: number): number => {
    const sums = Float64Array.from(dense.bias);
    let raw = output.bias;
    parts.forEach((part, g) => {
      if ((set & (1 << g)) === 0) return;
      raw += part.linear;
      for (let j = 0; j < units; j++) sums[j]! += part.units[j]!;
    });
    for (let j = 0; j < units; j++) if (sums[j]! > 0) raw += sums[j]! * output.kernel[j]!;
    return raw * calibration.slope;
  };
  const effects = shapley(parts.length, logitOf);
  return {
    average: logitOf(0),
    memory: effects[groups]!,
    silence: effects[groups + 1]!,
    groups: effects.slice(0, groups),
  };
}

/** φ_g = Σ over sets S without g of |S|! (n − |S| − 1)! / n! · (v(S ∪ g) − v(S)). */
function shapley(n: number, valueOf: (set: number) => number): number[] {
  const values = Array.from({ length: 1 << n }, (_, set) => valueOf(set));
  const weights = Array.from({ length: n }, (_, size) => (factorial(size) * factorial(n - size - 1)) / factorial(n));
  return Array.from({ length: n }, (_, g) =>
    values.reduce((sum, value, set) => {
      if ((set & (1 << g)) !== 0) return sum;
      return sum + weights[sizeOf(set)]! * (values[set | (1 << g)]! - value);
    }, 0),
  );
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const sizeOf = (set: number): number => (set === 0 ? 0 : (set & 1) + sizeOf(set >> 1));
