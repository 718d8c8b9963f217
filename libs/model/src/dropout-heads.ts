// How sure the network is of a logit: twenty heads on one memory, each with a tenth of its inputs and units left out, as in training (Monte Carlo
// dropout, Gal & Ghahramani 2016). The masks are the same for everybody and for ever, so that a forecast is the same when it is made again.
import { type Artifact, unitDaysOf } from './artifact.js';
import { type Known } from './group-effects.js';
import { seededRandom } from './seeded-random.js';

const HEADS = 20;
const RATE = 0.1;
const KEPT = 1 / (1 - RATE);

/** Calibrated logits of the heads at a silence, less the network's own there, [HEADS]. */
export function headDeviations(artifact: Artifact, { h, silenceDays, wide }: Known): Float64Array {
  const { dense, output, scaler, hidden, calibration } = artifact;
  const units = dense.bias.length;
  const silence = silenceDays / unitDaysOf(artifact);
  const inputs = Float64Array.from([
    ...h,
    ...Array.from(wide, (value, i) => (value - scaler.mean[i]!) / scaler.deviation[i]!),
    Math.log1p(silence) / 4,
    silence / 90,
  ]);
  /** Of the dense layer; the skip past it knows no dropout. */
  const logitOf = (keep: (i: number) => number): number => {
    const sums = Float64Array.from(dense.bias);
    for (let i = 0; i < inputs.length; i++) {
      const value = inputs[i]! * keep(i);
      if (value !== 0) for (let j = 0; j < units; j++) sums[j]! += value * dense.kernel[i * units + j]!;
    }
    return sums.reduce((raw, sum, j) => raw + Math.max(0, sum) * keep(inputs.length + j) * output.kernel[j]!, 0);
  };
  const whole = logitOf(() => 1);
  const masks = masksOf(hidden + wide.length + 2 + units);
  return Float64Array.from(masks, (mask) => (logitOf((i) => mask[i]!) - whole) * calibration.slope);
}

/** 0 or 1 / (1 − rate) of each input and unit, of each head. */
function masksOf(length: number): readonly Float64Array[] {
  if (masks[0]?.length !== length) {
    const random = seededRandom(1);
    masks = Array.from({ length: HEADS }, () => Float64Array.from({ length }, () => (random() < RATE ? 0 : KEPT)));
  }
  return masks;
}
let masks: readonly Float64Array[] = [];
