// How sure the network is of a logit: twenty heads on one memory, each with a tenth of its inputs and units left out, as in training (Monte Carlo
// dropout, Gal & Ghahramani 2016). The masks are the same for everybody and for ever, so that a forecast is the same when it is made again.
import { type Artifact, unitDaysOf } from './artifact.js';
import { type Known } from './group-effects.js';
import { seededRandom } from './seeded-random.js';

const HEADS = 20;
const RATE = 0.1;
const KEPT = 1 / (1 - RATE);

interface Head {
  readonly withoutInputs: readonly number[];
  readonly keptUnits: readonly number[];
}

/** Calibrated logits of the heads at a silence, less the network's own there, [HEADS]. */
export function headDeviations(artifact: Artifact, { h, silenceDays, wide }: Known): Float64Array {
  const { dense, output, scaler, calibration } = artifact;
  const units = dense.bias.length;
  const silence = silenceDays / unitDaysOf(artifact);
  const inputs = Float64Array.from([
    ...h,
    ...Array.from(wide, (value, i) => (value - scaler.mean[i]!) / scaler.deviation[i]!),
    Math.log1p(silence) / 4,
    silence / 90,
  ]);
  /** What each input adds to the units, [inputs, units]. A head leaves out a tenth of them: less work than to add up the others. */
  const shares = new Float64Array(dense.kernel.length);
  const whole = new Float64Array(units);
  for (let i = 0; i < inputs.length; i++) {
    for (let j = 0; j < units; j++) {
      const share = inputs[i]! * dense.kernel[i * units + j]!;
      shares[i * units + j] = share;
      whole[j]! += share;
    }
  }
  const sums = Float64Array.from(whole);
  /** Of the dense layer, from the sums; the skip past it knows no dropout. */
  const logitOf = (kept: readonly number[], scale: number): number => {
    let raw = 0;
    for (const j of kept) raw += Math.max(0, dense.bias[j]! + sums[j]! * scale) * scale * output.kernel[j]!;
    return raw;
  };
  const own = logitOf([...dense.bias.keys()], 1);
  return Float64Array.from(headsOf(inputs.length, units), ({ withoutInputs, keptUnits }) => {
    sums.set(whole);
    for (const i of withoutInputs) for (let j = 0; j < units; j++) sums[j]! -= shares[i * units + j]!;
    return (logitOf(keptUnits, KEPT) - own) * calibration.slope;
  });
}

/** The same for every customer of a network. */
function headsOf(inputs: number, units: number): readonly Head[] {
  if (heads.inputs !== inputs || heads.units !== units) {
    const random = seededRandom(1);
    const places = (length: number) => Array.from({ length }, (_, i) => i);
    const all = Array.from({ length: HEADS }, () => ({
      withoutInputs: places(inputs).filter(() => random() < RATE),
      keptUnits: places(units).filter(() => random() >= RATE),
    }));
    heads = { inputs, units, all };
  }
  return heads.all;
}
let heads: { readonly inputs: number; readonly units: number; readonly all: readonly Head[] } = {
  inputs: 0,
  units: 0,
  all: [],
};
