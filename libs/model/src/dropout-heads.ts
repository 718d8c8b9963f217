// How sure the network is of a logit: twenty heads on one memory, each with a tenth of its inputs and units left out, as in training (Monte Carlo
// dropout, Gal & Ghahramani 2016). The masks are the same for everybody and for ever, so that a forecast is the same when it is made again.
import { addRow, addRows, noRows } from './add-rows.js';
import { type Artifact } from './artifact.js';
import { denseInputs, type Known } from './known.js';
import { seededRandom } from './seeded-random.js';

const HEADS = 20;
const RATE = 0.1;
const KEPT = 1 / (1 - RATE);

interface Head {
  /** A tenth of the inputs: less work to take away than to add up the others. */
  readonly withoutInputs: readonly number[];
  /** What each unit counts for, 0 for those left out, [units]. */
  readonly unitScales: Float64Array;
}

/** Calibrated logits of the heads at a silence, less the network's own there, [HEADS]. */
export function headDeviations(artifact: Artifact, known: Known): Float64Array {
  const { dense, calibration } = artifact;
  const units = dense.bias.length;
  const inputs = denseInputs(artifact, known);
  const rows = noRows(inputs.length);
  const whole = new Float64Array(units);
  for (let i = 0; i < inputs.length; i++) addRow(rows, inputs[i]!, i * units);
  addRows(whole, rows, dense.kernel);
  const { everything, heads } = headsOf(inputs.length, units);
  const own = denseLogit(artifact, whole, everything);
  const sums = new Float64Array(units);
  const deviations = new Float64Array(HEADS);
  for (const [n, head] of heads.entries()) {
    sums.set(whole);
    for (const i of head.withoutInputs) addRow(rows, -inputs[i]!, i * units);
    addRows(sums, rows, dense.kernel);
    for (let j = 0; j < units; j++) sums[j]! *= KEPT;
    deviations[n] = (denseLogit(artifact, sums, head.unitScales) - own) * calibration.slope;
  }
  return deviations;
}

/** Of the dense layer, from the sums of its units without their biases; the skip past it knows no dropout. */
function denseLogit({ dense, output }: Artifact, sums: Float64Array, unitScales: Float64Array): number {
  let raw = 0;
  for (let j = 0; j < sums.length; j++)
    raw += Math.max(0, dense.bias[j]! + sums[j]!) * unitScales[j]! * output.kernel[j]!;
  return raw;
}

/** All of them: the same for every customer of a network. */
interface Heads {
  readonly heads: readonly Head[];
  /** The scales of a head that leaves nothing out. */
  readonly everything: Float64Array;
}

function headsOf(inputs: number, units: number): Heads {
  const key = `${inputs} × ${units}`;
  let heads = drawn.get(key);
  if (!heads) drawn.set(key, (heads = drawHeads(inputs, units)));
  return heads;
}
const drawn = new Map<string, Heads>();

function drawHeads(inputs: number, units: number): Heads {
  const random = seededRandom(1);
  const places = Array.from({ length: inputs }, (_, i) => i);
  const heads = Array.from({ length: HEADS }, () => ({
    withoutInputs: places.filter(() => random() < RATE),
    unitScales: new Float64Array(units).map(() => (random() < RATE ? 0 : KEPT)),
  }));
  return { heads, everything: new Float64Array(units).fill(1) };
}
