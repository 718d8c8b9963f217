// Calibration for few customers: Platt's level and slope, the slope held near 1 as by a normal prior. A ranking that was learnt on many
// customers is not turned round because a few were unlucky.
//   least Σ weight · log-loss(level + slope · logit) + (slope − 1)² / (2 · spread²)
import { sigmoid } from '@holdfast/model';

import { type Calibration } from './calibration.js';

/** Standard deviation of slopes from shop to shop, as believed beforehand. */
export const SPREAD = 0.3;
/** The slope is 1. */
export const FIXED = 1e-6;
const LEAST_SLOPE = 0.05;

/** Labelled rows; `weights`: 1 ÷ rows of the customer, for rows of one customer say the same again. */
export interface WeightedRows {
  readonly logits: Float64Array;
  readonly y: Uint8Array;
  readonly weights: Float64Array;
}

/** By Newton's method. Both classes must be among `y`. */
export function fitHeldCalibration(rows: WeightedRows, spread: number): Calibration {
  const { slope, level } = descend(rows, spread);
  if (slope >= LEAST_SLOPE) return { slope, level };
  const logits = rows.logits.map((logit) => LEAST_SLOPE * logit);
  return { slope: LEAST_SLOPE, level: descend({ ...rows, logits }, FIXED).level };
}

function descend({ logits, y, weights }: WeightedRows, spread: number): Calibration {
  let [level, slope] = [0, 1];
  for (let round = 0; round < 100; round++) {
    let [byLevel, bySlope, levels, both, slopes] = [0, (slope - 1) / spread ** 2, 1e-9, 0, 1 / spread ** 2];
    for (let i = 0; i < y.length; i++) {
      const [logit, weight] = [logits[i]!, weights[i]!];
      const p = sigmoid(level + slope * logit);
      const curvature = weight * p * (1 - p);
      byLevel += weight * (p - y[i]!);
      bySlope += weight * (p - y[i]!) * logit;
      levels += curvature;
      both += curvature * logit;
      slopes += curvature * logit ** 2;
    }
    const determinant = levels * slopes - both ** 2;
    const step = [(slopes * byLevel - both * bySlope) / determinant, (levels * bySlope - both * byLevel) / determinant];
    const length = Math.max(1, Math.hypot(...step));
    level -= step[0]! / length;
    slope -= step[1]! / length;
    if (Math.hypot(...step) < 1e-9) break;
  }
  return { slope, level };
}
