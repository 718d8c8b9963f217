// Calibration on validation. What is served gets a slope on the logit, without intercept: p' = σ(a · logit p), by Newton's method
// (model.md §5: Platt's intercept learns the season of one slice; a slope never cost more than .003 log-loss).
import { sigmoid } from '@holdfast/model';

import { fitLinear, linearSums } from './linear-model.js';

const MIN_SLOPE = 0.05;

/** The slope of least log-loss; 1 when the fit makes no sense (not above {@link MIN_SLOPE}, or too few rows). */
export function fitSlope(logits: Float64Array, y: Uint8Array): number {
  if (logits.length < 20) return 1;
  let slope = 1;
  for (let round = 0; round < 50; round++) {
    let [gradient, curvature] = [0, 0];
    for (let i = 0; i < logits.length; i++) {
      const p = sigmoid(slope * logits[i]!);
      gradient += (p - y[i]!) * logits[i]!;
      curvature += p * (1 - p) * logits[i]! ** 2;
    }
    if (!(curvature > 0)) return 1;
    const step = Math.max(-1, Math.min(1, gradient / curvature));
    slope -= step;
    if (Math.abs(step) < 1e-9) break;
  }
  return slope > MIN_SLOPE && Number.isFinite(slope) ? slope : 1;
}

/** Intercept and slope of least log-loss (Platt 1999), as a function of logits. Never served, only compared. */
export function fitPlatt(logits: Float64Array, y: Uint8Array): (logits: Float64Array) => Float64Array {
  const model = fitLinear({ values: logits, columns: 1 }, y, { C: 1e6, tolerance: 1e-9 });
  return (others) => linearSums(model, { values: others, columns: 1 });
}
