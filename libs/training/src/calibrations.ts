// Would another calibration have been better? What is served, calibrated in several ways at validation and held against each other on
// later customers.
import { sigmoid } from '@holdfast/model';

import { type Calibration, fitCalibration, fitPlatt, fitSlope } from './calibration.js';
import { type FitScores } from './comparison.js';
import { fitLinear, linearSums } from './linear-model.js';
import { eachOnce, type Estimate, estimateOf, ranked, resamples } from './metrics.js';
import { randomFor } from './random.js';
import { type Rows } from './rows.js';

const RESAMPLES = 500;
const JUDGED = ['logloss', 'ece'] as const;
type Judged = Record<(typeof JUDGED)[number], Estimate>;

type Logits = (logits: Float64Array) => Float64Array;

/** What is served first; the others are held against it. */
const WAYS: readonly {
  readonly key: string;
  readonly name: string;
  fit(logits: Float64Array, y: Uint8Array): Logits;
}[] = [
  {
    key: 'served',
    name: 'slope and half of the level (served)',
    fit(logits, y) {
      const { slope, level } = fitCalibration(logits, y);
      return (others) => others.map((logit) => slope * logit + level);
    },
  },
  { key: 'none', name: 'as the network says', fit: () => (others) => others },
  {
    key: 'slope',
    name: 'slope',
    fit(logits, y) {
      const slope = fitSlope(logits, y);
      return (others) => others.map((logit) => slope * logit);
    },
  },
  { key: 'platt', name: 'slope and level (Platt)', fit: fitPlatt },
  { key: 'beta', name: 'slope and level, bent (beta)', fit: fitBeta },
];

/** Kull, Silva Filho & Flach 2017: logit p' = a · ln p − b · ln(1 − p) + c. */
function fitBeta(logits: Float64Array, y: Uint8Array): Logits {
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
  { validation, test }: { readonly validation: Rows; readonly test: Rows },
  fits: readonly (FitScores & { readonly calibration: Calibration })[],
): CalibrationRow[] {
  const at = test.population[0]?.at ?? 0;
  const samples = [eachOnce(test.y.length), ...resamples(test.y.length, RESAMPLES, randomFor(0, `resamples ${at}`))];
  const drawn = WAYS.map(({ key, name, fit }) => {
    const metrics = fits.map(({ calibration: { slope, level }, ...scores }) => {
      const raw: Logits = (logits) => logits.map((logit) => (logit - level) / slope);
      const calibrated = fit(raw(scores.validation), validation.y)(raw(scores.test));
      return ranked({ p: calibrated.map(sigmoid), y: test.y }, JUDGED);
    });
    const draws = samples.map((weights) => {
      const each = metrics.map((of) => of(weights));
      const mean = (metric: keyof Judged) => each.reduce((sum, of) => sum + of[metric], 0) / each.length;
      return { logloss: mean('logloss'), ece: mean('ece') };
    });
    return { key, name, draws };
  });
  const [served] = drawn;
  return drawn.map(({ key, name, draws }) => {
    const judged = (value: (draw: number, metric: keyof Judged) => number): Judged => {
      const estimateFor = (metric: keyof Judged) => {
        const [whole, ...rest] = draws.map((_, i) => value(i, metric));
        return estimateOf(whole!, rest);
      };
      return { logloss: estimateFor('logloss'), ece: estimateFor('ece') };
    };
    return {
      ...{ key, name },
      ...judged((i, metric) => draws[i]![metric]),
      difference: key === served!.key ? null : judged((i, metric) => draws[i]![metric] - served!.draws[i]![metric]),
    };
  });
}
