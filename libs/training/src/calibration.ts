// A slope on the logit, without intercept: p' = σ(a · logit p), fitted by Newton's method on validation (model.md §5: Platt's
// intercept learns the season of one slice; a slope never cost more than .003 log-loss).
import { sigmoid } from '@holdfast/model';

import { fitLogistic, logisticLogit } from './logistic.js';

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

/**
 * Logits moved by the intercept and slope of least log-loss (Platt 1999). Never served: it only takes the level of one season out of
 * the comparison of epochs, which slope-calibrated log-loss leaves in.
 */
export function plattLogits(logits: Float64Array, y: Uint8Array): Float64Array {
  const rows = Array.from(logits, (logit) => [logit]);
  const model = fitLogistic(rows, y, 1e6);
  return Float64Array.from(rows, (row) => logisticLogit(model, row));
}
