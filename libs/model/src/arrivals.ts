// When a customer will act next, if they do: a mixture-cure Weibull of the days from their last activity to the next visit, whose three parameters
// are linear in what the network knows then, beside the churn head (model.md §4). From it come the arrivals that are to be expected, and the
// probability that a forecast comes true.
import { type Artifact, unitDaysOf } from './artifact.js';
import { standardise } from './known.js';
import { sigmoid } from './probability.js';
import { cureWeibull } from './survival.js';

/** π, α in days, β. */
export interface Arrival {
  readonly pi: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Inputs of the arrival head. */
export const arrivalInputs = ({ hidden, wideSize }: Pick<Artifact, 'hidden' | 'wideSize'>): number =>
  hidden + wideSize + 1;

/** Outside of these a parameter is held: log α in u-days from minutes to centuries, and what is numerically safe of β. */
export const LOG_SCALE = { min: -7, max: 10 } as const;
export const LOG_SHAPE = { min: Math.log(0.25), max: Math.log(2.5) } as const;
export const CURE_LOGIT = { min: -12, max: 12 } as const;

/** Writes [h, z, 1] to `out`; `wide` [W] as of the last activity, before standardisation. */
export function writeArrivalInputs(
  { scaler, hidden, wideSize }: Artifact,
  { h, wide }: { readonly h: ArrayLike<number>; readonly wide: ArrayLike<number> },
  out: Float32Array,
): void {
  for (let i = 0; i < hidden; i++) out[i] = h[i]!;
  standardise({ scaler }, wide, out, hidden);
  out[hidden + wideSize] = 1;
}

/** The next visit of a customer; null when the release has no head for it. */
export function arrivalOf(artifact: Artifact, inputs: Float32Array): Arrival | null {
  const { arrivals } = artifact;
  if (!arrivals) return null;
  return {
    pi: sigmoid(held(dot(arrivals.cure, inputs), CURE_LOGIT)),
    alpha: Math.exp(held(dot(arrivals.scale, inputs), LOG_SCALE)) * unitDaysOf(artifact),
    beta: Math.exp(held(dot(arrivals.shape, inputs), LOG_SHAPE)),
  };
}

/** Probability of no visit until `untilDays` of silence, given none until `fromDays` ≤ `untilDays`: S(until) / S(from). */
export function quietUntil(arrival: Arrival, fromDays: number, untilDays: number): number {
  const survival = cureWeibull(arrival);
  return Math.exp(survival(untilDays) - survival(fromDays));
}

/** `value` within a range. */
export const held = (value: number, { min, max }: { readonly min: number; readonly max: number }): number =>
  Math.min(max, Math.max(min, value));

function dot(weights: Float32Array, inputs: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * inputs[i]!;
  return sum;
}
