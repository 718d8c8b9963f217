// Calibration on validation: p' = σ(slope · logit + level). A level that is fitted on one cut-off has learnt a season with it: of what
// Platt's (1999) does to the average customer only half is kept: half wrong where it lasts, and where it is gone
// (docs/decisions/half-level.md).
import { type Artifact, sigmoid } from '@holdfast/model';

import { eachOnce, total, type Weights } from './bootstrap.js';
import { fitLinear, linearSums } from './linear-model.js';

const MIN_SLOPE = 0.05;
const FEWEST_ROWS = 20;
/** Of what the level does on one cut-off, what is expected to hold at a later one. */
const KEPT = 0.5;

/** What is done to logits. */
export interface Calibration {
  /** > 0. */
  readonly slope: number;
  readonly level: number;
}

/** One that was fitted. */
export interface FittedCalibration extends Calibration {
  /** How far it moves the logit of the average customer: what it knows of the season. */
  readonly shift: number;
}

/** Leaves logits as they are. */
export const UNCALIBRATED: FittedCalibration = { slope: 1, level: 0, shift: 0 };

/**
 * The slope of least log-loss, by Newton's method; 1 when the fit makes no sense (not above {@link MIN_SLOPE}, or too few rows).
 */
export function fitSlope(logits: Float64Array, y: Uint8Array): number {
  if (logits.length < FEWEST_ROWS) return 1;
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
  return isSlope(slope) ? slope : 1;
}

const isSlope = (slope: number): boolean => slope > MIN_SLOPE && Number.isFinite(slope);

/** Slope and level of least log-loss (Platt 1999), as a function of logits. Never served, only compared. `weights`: for how many rows each counts. */
export function fitPlatt(
  logits: Float64Array,
  y: Uint8Array,
  weights?: Weights,
): (logits: Float64Array) => Float64Array {
  const model = fitLinear({ values: logits, columns: 1 }, y, { C: 1e6, tolerance: 1e-9, ...(weights && { weights }) });
  return (others) => linearSums(model, { values: others, columns: 1 });
}

/** What is served: Platt's slope, and a level that moves the mean logit half as far. None when the fit makes no sense. */
export function fitCalibration(
  logits: Float64Array,
  y: Uint8Array,
  weights: Weights = eachOnce(y.length),
): FittedCalibration {
  if (logits.length < FEWEST_ROWS) return UNCALIBRATED;
  const [level, beyond] = fitPlatt(logits, y, weights)(Float64Array.of(0, 1)) as unknown as [number, number];
  const slope = beyond - level;
  if (!isSlope(slope)) return UNCALIBRATED;
  const mean = logits.reduce((sum, logit, i) => sum + weights[i]! * logit, 0) / total(weights);
  const moved = slope * mean + level - mean;
  return { slope: rounded(slope), level: rounded(level - (1 - KEPT) * moved), shift: rounded(KEPT * moved) };
}

const rounded = (value: number): number => Math.round(value * 1e5) / 1e5;

/** The network with its logits calibrated, on top of what it has; curves keep their order. What it then knows of the season is noted. */
export function calibrated(artifact: Artifact, { slope, level, shift }: FittedCalibration): Artifact {
  const whole = artifact.calibration.slope * slope;
  const { kernel, bias } = artifact.output;
  return {
    ...artifact,
    calibration: { slope: whole },
    output: { kernel, bias: bias + level / whole },
    metrics: { ...artifact.metrics, seasonShift: rounded((seasonShiftOf(artifact) ?? 0) + shift) },
  };
}

/** How far calibrations have moved the average customer's logit; undefined where that was not noted (releases before 2026-12). */
export function seasonShiftOf({ metrics }: Artifact): number | undefined {
  const { seasonShift } = metrics;
  return typeof seasonShift === 'number' ? seasonShift : undefined;
}
