// The risk of a customer as a curve over silence: logits at K silences (knots), joined linearly in log(1 + days) (model.md §4).
// Drawn once after each event; from then on the risk at any moment of silence is arithmetic.
import { type Artifact, unitDaysOf } from './artifact.js';
import { addRow, addRows, noRows, type Rows } from './add-rows.js';

/** Buffers of one size of model, so that drawing makes no garbage. */
interface Scratch {
  readonly artifact: Artifact;
  readonly wide: Float32Array; // [W]
  readonly seen: Float32Array; // [W] the values `sums` and `skip` hold
  readonly sums: Float64Array; // [units]
  readonly rows: Rows;
}
let scratch: Scratch | undefined;

const scratchOf = (artifact: Artifact): Scratch =>
  scratch?.artifact === artifact
    ? scratch
    : (scratch = {
        artifact,
        wide: new Float32Array(artifact.wideSize),
        seen: new Float32Array(artifact.wideSize),
        sums: new Float64Array(artifact.dense.bias.length),
        rows: noRows(artifact.hidden + artifact.wideSize),
      });

/**
 * Calibrated logits at the knots, never falling. The h part of the head is computed once, and between knots only the wide features
 * that changed are added.
 * @param wideOfKnot writes the wide features [W] at a silence, before standardisation; it may leave untouched what it wrote for the
 * knot before and has not changed
 * @returns [K]
 */
export function drawCurve(
  artifact: Artifact,
  h: Float32Array,
  wideOfKnot: (silenceDays: number, out: Float32Array) => void,
): Float64Array {
  const { dense, output, skip, scaler, knotsDays, hidden, wideSize } = artifact;
  const { wide, seen, sums, rows } = scratchOf(artifact);
  const [kernel, outer] = [dense.kernel, output.kernel];
  const units = sums.length;
  const logRow = (hidden + wideSize) * units;
  const unit = unitDaysOf(artifact);
  sums.set(dense.bias);
  for (let i = 0; i < hidden; i++) addRow(rows, h[i]!, i * units);
  // seen = mean: the standardised input is 0 and contributes nothing.
  seen.set(scaler.mean);
  let linear = output.bias;
  let highest = -Infinity;
  const logits = new Float64Array(knotsDays.length);
  for (let k = 0; k < logits.length; k++) {
    wideOfKnot(knotsDays[k]!, wide);
    for (let i = 0; i < wideSize; i++) {
      if (wide[i] === seen[i]) continue;
      const change = (wide[i]! - seen[i]!) / scaler.deviation[i]!;
      seen[i] = wide[i]!;
      linear += change * skip[i]!;
      addRow(rows, change, (hidden + i) * units);
    }
    addRows(sums, rows, kernel);
    const silence = knotsDays[k]! / unit;
    const log = Math.log1p(silence) / 4;
    const share = silence / 90;
    let raw = linear;
    for (let j = 0; j < units; j++) {
      const sum = sums[j]! + log * kernel[logRow + j]! + share * kernel[logRow + units + j]!;
      if (sum > 0) raw += sum * outer[j]!;
    }
    highest = Math.max(highest, raw);
    logits[k] = highest * artifact.calibration.slope;
  }
  return logits;
}

/** The logit at a silence ≥ 0: linear in log(1 + days) between knots, constant after the last. `knots` in days. */
export function logitAt(knots: readonly number[], curve: ArrayLike<number>, silenceDays: number): number {
  const last = knots.length - 1;
  if (!(silenceDays > knots[0]!)) return curve[0]!;
  if (silenceDays >= knots[last]!) return curve[last]!;
  let k = 1;
  while (knots[k]! <= silenceDays) k++;
  const from = Math.log1p(knots[k - 1]!);
  const share = (Math.log1p(silenceDays) - from) / (Math.log1p(knots[k]!) - from);
  return curve[k - 1]! + share * (curve[k]! - curve[k - 1]!);
}
