// A batch of customers laid out for the LSTM without padding: customers sorted by length, step-major, so that step t holds only those
// who have one. (Padding random batches to their longest member would be ten times the work.)
import { STEP_SIZE, unitDays, WIDE_SIZE } from '@holdfast/features';
import { DAY } from '@holdfast/schemas';

import { drawLandmark } from './landmarks.js';
import { type Random } from './random.js';
import {
  type EncodedSteps,
  lengthOf,
  type Scaler,
  type Sequence,
  standardise,
  wideOfLandmark,
} from './training-set.js';

/** Landmarks drawn per step. */
export const DRAWS = 2;
/** Share in a label of what the teacher thinks likely, where there is one (model.md §4). */
const TAUGHT = 0.8;

/** Everything one step of the optimiser needs. N steps in total, R = DRAWS · N rows asked. */
export interface Batch {
  /** Customers that have a step t, never rising; they sum to N. */
  readonly counts: readonly number[];
  readonly steps: Float32Array; // [N × STEP_SIZE], step-major
  readonly categories: Int32Array; // [N]
  readonly wide: Float32Array; // [R × WIDE_SIZE], standardised; the first N rows are the first draws
  readonly silence: Float32Array; // [R × 2]: log(1 + s)/4, s/90 in u-days
  readonly label: Float32Array; // [R]
  readonly weight: Float32Array; // [R], u-days of the stretch; 0: not asked
}

/** What batches of one training share. */
export interface BatchContext {
  readonly scaler: Scaler;
  readonly random: Random;
}

/** Steps of several customers, laid out. */
export type Layout = Pick<Batch, 'counts' | 'steps' | 'categories'>;

/** Lays out customers who are sorted by length, the longest first. Row of step t of customer i: Σ counts[0 … t − 1] + i. */
export function laidOut(sorted: readonly EncodedSteps[]): Layout {
  const longest = sorted[0]?.categories.length ?? 0;
  const counts = Array.from({ length: longest }, (_, t) => sorted.filter((s) => s.categories.length > t).length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const steps = new Float32Array(total * STEP_SIZE);
  const categories = new Int32Array(total);
  let row = 0;
  counts.forEach((count, t) => {
    for (let i = 0; i < count; i++, row++) {
      steps.set(sorted[i]!.steps.subarray(t * STEP_SIZE, (t + 1) * STEP_SIZE), row * STEP_SIZE);
      categories[row] = sorted[i]!.categories[t]!;
    }
  });
  return { counts, steps, categories };
}

/** Lays out customers and draws their landmarks. */
export function batchOf(sequences: readonly Sequence[], context: BatchContext): Batch {
  const sorted = [...sequences].sort((a, b) => b.categories.length - a.categories.length);
  const layout = laidOut(sorted);
  const total = layout.categories.length;
  const batch: Batch = {
    ...layout,
    wide: new Float32Array(DRAWS * total * WIDE_SIZE),
    silence: new Float32Array(DRAWS * total * 2),
    label: new Float32Array(DRAWS * total),
    weight: new Float32Array(DRAWS * total),
  };
  let row = 0;
  layout.counts.forEach((count, t) => {
    for (let i = 0; i < count; i++, row++) {
      for (let draw = 0; draw < DRAWS; draw++) ask(batch, draw * total + row, { sequence: sorted[i]!, t }, context);
    }
  });
  return batch;
}

/** What a head sees of a silence, in u-days. */
export const silenceInputs = (silence: number): readonly [number, number] => [Math.log1p(silence) / 4, silence / 90];

/** Fills one row with a landmark drawn after step t. */
function ask(
  batch: Batch,
  row: number,
  { sequence, t }: { readonly sequence: Sequence; readonly t: number },
  { scaler, random }: BatchContext,
): void {
  const stretches = sequence.stretches[t]!;
  if (stretches.length === 0) return;
  const { history, shop } = sequence;
  const { scale, wholeDays, teacher } = shop;
  const landmark = drawLandmark(history, stretches, { random, horizonDays: scale.horizonDays, wholeDays });
  const offset = row * WIDE_SIZE;
  wideOfLandmark(history, landmark, scale, { out: batch.wide, offset });
  standardise(batch.wide.subarray(offset, offset + WIDE_SIZE), scaler);
  const silence = (landmark.at - history.moments[landmark.moment]!.lastActivityAt!) / (unitDays(scale) * DAY);
  batch.silence.set(silenceInputs(silence), 2 * row);
  const happened = landmark.churned ? 1 : 0;
  batch.label[row] = teacher ? (1 - TAUGHT) * happened + TAUGHT * teacher(history, landmark) : happened;
  batch.weight[row] = lengthOf(stretches, shop) / DRAWS;
}
