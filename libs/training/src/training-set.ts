// Histories as the network sees them in training: encoded steps, and the stretches of time in which each step may be asked about.
import { categoryOf, encodeStep, type Scale, STEP_SIZE, unitDays, WIDE_SIZE, wideAt } from '@holdfast/features';
import { DAY } from '@holdfast/schemas';

import { type History } from './history.js';
import { type Stretch, stretchAfter, type Teacher, type TrainingPeriod } from './landmarks.js';

/** Longest sequence trained on; earlier steps are left out. */
const MAX_STEPS = 150;

/** What an encoder reads of one customer. */
export interface EncodedSteps {
  /** [steps × STEP_SIZE] */
  readonly steps: Float32Array;
  /** Category bucket of each step, [steps]. */
  readonly categories: Uint8Array;
}

/** The last {@link MAX_STEPS} raw step inputs, encoded. */
export function encodedSteps(xs: readonly (readonly number[])[], scale: Scale): EncodedSteps {
  const kept = xs.slice(-MAX_STEPS);
  const steps = new Float32Array(kept.length * STEP_SIZE);
  kept.forEach((x, i) => encodeStep(x, scale, steps, i * STEP_SIZE));
  return { steps, categories: Uint8Array.from(kept, categoryOf) };
}

/** What the customers of one shop have in common. */
export interface Shop {
  readonly scale: Scale;
  /** Its time stamps are days. */
  readonly wholeDays: boolean;
  /** Default: labels are what happened. */
  readonly teacher?: Teacher;
}

/** One customer of the training period. */
export interface Sequence extends EncodedSteps {
  readonly history: History;
  readonly shop: Shop;
  /** Of each step: the stretches after it, those of collapsed moments included. */
  readonly stretches: readonly (readonly Stretch[])[];
  /** Length of all stretches, u-days. */
  readonly weight: number;
}

/** Customers with something to learn from, in the order of the histories. */
export function sequencesOf(histories: readonly History[], period: TrainingPeriod, shop: Shop): Sequence[] {
  return histories.flatMap((history) => {
    const sequence = sequenceOf(history, period, shop);
    return sequence.weight > 0 ? [sequence] : [];
  });
}

function sequenceOf(history: History, period: TrainingPeriod, shop: Shop): Sequence {
  const xs: (readonly number[])[] = [];
  const stretches: Stretch[][] = [];
  history.moments.forEach((moment, index) => {
    if (moment.at > period.split.trainUntil) return;
    if (moment.x !== null) {
      xs.push(moment.x);
      stretches.push([]);
    }
    const stretch = stretchAfter(history, index, period);
    if (stretch !== null) stretches.at(-1)?.push(stretch);
  });
  const open = stretches.slice(-MAX_STEPS);
  return {
    history,
    shop,
    ...encodedSteps(xs, shop.scale),
    stretches: open,
    weight: lengthOf(open.flat(), shop),
  };
}

/** Length of stretches together, u-days. */
export const lengthOf = (stretches: readonly Stretch[], { scale }: Shop): number =>
  stretches.reduce((sum, stretch) => sum + stretch.until - stretch.from, 0) / (unitDays(scale) * DAY);

/** Mean and deviation of the wide features, deviation > 0. */
export interface Scaler {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Standardisation over wide rows [n × WIDE_SIZE], each with a weight; a constant feature gets deviation 1. */
export function scalerOf(rows: Float32Array, weights: Float64Array): Scaler {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(WIDE_SIZE);
  const square = new Float64Array(WIDE_SIZE);
  for (let i = 0; i < weights.length; i++) {
    for (let k = 0; k < WIDE_SIZE; k++) mean[k]! += (weights[i]! / total) * rows[i * WIDE_SIZE + k]!;
  }
  for (let i = 0; i < weights.length; i++) {
    for (let k = 0; k < WIDE_SIZE; k++) {
      square[k]! += (weights[i]! / total) * (rows[i * WIDE_SIZE + k]! - mean[k]!) ** 2;
    }
  }
  return {
    mean: Float32Array.from(mean),
    deviation: Float32Array.from(square, (value) => (value > 1e-8 ? Math.sqrt(value) : 1)),
  };
}

/** Standardises a row of wide features in place. */
export function standardise(row: Float32Array, { mean, deviation }: Scaler): void {
  for (let k = 0; k < WIDE_SIZE; k++) row[k] = (row[k]! - mean[k]!) / deviation[k]!;
}

/** Wide features of a landmark, before standardisation, written to `out[offset …]`. */
export function wideOfLandmark(
  history: History,
  { moment, at }: { readonly moment: number; readonly at: number },
  scale: Scale,
  { out, offset }: { readonly out: Float32Array; readonly offset: number },
): void {
  const known = history.moments[moment]!;
  wideAt(known.w, (at - known.at) / DAY, scale, out, offset);
}
