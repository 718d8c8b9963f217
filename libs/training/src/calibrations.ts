// Would another calibration have been better? What is served, calibrated in several ways at validation and held against each other on
// later customers.
import { type Scale } from '@holdfast/features';
import { segmentOf, sigmoid } from '@holdfast/model';

import { combined, drawn, type Estimate, estimates, minus, resamples } from './bootstrap.js';
import { type Calibration, fitCalibration, fitPlatt, fitSlope } from './calibration.js';
import { mean } from './mean.js';
import { type FitScores } from './comparison.js';
import { fitLinear, linearSums } from './linear-model.js';
import { ranked } from './metrics.js';
import { randomFor } from './random.js';
import { type Rows } from './rows.js';
import { rfmOf } from './segments/rfm-of.js';
import { fitSegmentation } from './segments/segmentation.js';

const RESAMPLES = 500;
const JUDGED = ['logloss', 'ece'] as const;
type Judged = Record<(typeof JUDGED)[number], Estimate>;

/** Logits, and the segment of each row. */
interface Uncalibrated {
  readonly logits: Float64Array;
  readonly segments: Uint8Array;
}
type Calibrate = (scores: Uncalibrated) => Float64Array;

/** A head of its own for a segment takes so many rows, and so many of each class; others have that of all. */
const LEAST_OF_A_SEGMENT = 200;
const LEAST_OF_A_CLASS = 20;

/** What is served first; the others are held against it. */
const WAYS: readonly {
  readonly key: string;
  readonly name: string;
  fit(scores: Uncalibrated, y: Uint8Array): Calibrate;
}[] = [
  {
    key: 'served',
    name: 'slope and half of the level (served)',
    fit: ({ logits }, y) => alike(linear(fitCalibration(logits, y))),
  },
  { key: 'none', name: 'as the network says', fit: () => alike((logits) => logits) },
  { key: 'slope', name: 'slope', fit: ({ logits }, y) => alike(linear({ slope: fitSlope(logits, y), level: 0 })) },
  { key: 'platt', name: 'slope and level (Platt)', fit: ({ logits }, y) => alike(fitPlatt(logits, y)) },
  { key: 'beta', name: 'slope and level, bent (beta)', fit: ({ logits }, y) => alike(fitBeta(logits, y)) },
  { key: 'by_segment', name: 'slope and half of the level, by segment', fit: fitBySegment },
];

type OfLogits = (logits: Float64Array) => Float64Array;
const alike =
  (of: OfLogits): Calibrate =>
  ({ logits }) =>
    of(logits);
const linear =
  ({ slope, level }: Calibration): OfLogits =>
  (logits) =>
    logits.map((logit) => slope * logit + level);

/** A head for each segment (model.md §8). */
function fitBySegment({ logits, segments }: Uncalibrated, y: Uint8Array): Calibrate {
  const whole = fitCalibration(logits, y);
  const bySegment = Array.from({ length: 1 + segments.reduce((a, b) => Math.max(a, b), 0) }, (_, segment) => {
    const own = [...segments.keys()].filter((i) => segments[i] === segment);
    const labels = Uint8Array.from(own, (i) => y[i]!);
    const churned = labels.reduce((sum, label) => sum + label, 0);
    if (own.length < LEAST_OF_A_SEGMENT || Math.min(churned, own.length - churned) < LEAST_OF_A_CLASS) return whole;
    return fitCalibration(Float64Array.from(own, (i) => logits[i]!), labels); // prettier-ignore
  });
  return (others) =>
    others.logits.map((logit, i) => {
      const { slope, level } = bySegment[others.segments[i]!] ?? whole;
      return slope * logit + level;
    });
}

/** Kull, Silva Filho & Flach 2017: logit p' = a · ln p − b · ln(1 − p) + c. */
function fitBeta(logits: Float64Array, y: Uint8Array): OfLogits {
  const columns = (of: Float64Array) => ({
    values: Float64Array.from({ length: 2 * of.length }, (_, i) => softplus((i % 2 === 0 ? -1 : 1) * of[i >> 1]!)),
    columns: 2,
  });
  const model = fitLinear(columns(logits), y, { C: 1e6, tolerance: 1e-9 });
  return (others) => linearSums(model, columns(others));
}

/** ln(1 + e^x); of −logit it is −ln p, of the logit −ln(1 − p). */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** One way of calibrating, on test rows. */
export interface CalibrationRow extends Judged {
  readonly key: string;
  readonly name: string;
  /** Minus what is served, paired; `null` of that. */
  readonly difference: Judged | null;
}

/**
 * The mean over several seeds, each with its logits and the calibration that is in them. Intervals: 95 % of resamples of customers.
 */
export function compareCalibrations(
  { validation, test, scale }: { readonly validation: Rows; readonly test: Rows; readonly scale: Scale },
  fits: readonly (FitScores & { readonly calibration: Calibration })[],
): CalibrationRow[] {
  const at = test.population[0]?.at ?? 0;
  const samples = resamples(test.y.length, RESAMPLES, randomFor(0, `resamples ${at}`));
  const ofValidation = validation.population.map((row) => rfmOf(row, scale));
  const segmentation = fitSegmentation(ofValidation, 0);
  const [fittedOn, judgedOn] = [ofValidation, test.population.map((row) => rfmOf(row, scale))].map((points) =>
    Uint8Array.from(points, (point) => segmentOf(segmentation, point)),
  );
  const rows = WAYS.map(({ key, name, fit }) => {
    const seeds = fits.map(({ calibration: { slope, level }, ...scores }) => {
      const raw = (logits: Float64Array) => logits.map((logit) => (logit - level) / slope);
      const calibrate = fit({ logits: raw(scores.validation), segments: fittedOn! }, validation.y);
      const calibrated = calibrate({ logits: raw(scores.test), segments: judgedOn! });
      return drawn(ranked({ p: calibrated.map(sigmoid), y: test.y }, JUDGED), samples);
    });
    return { key, name, draws: combined(seeds, mean) };
  });
  const [served] = rows;
  return rows.map(({ key, name, draws }) => ({
    ...{ key, name },
    ...estimates(draws),
    difference: key === served!.key ? null : estimates(minus(draws, served!.draws)),
  }));
}
