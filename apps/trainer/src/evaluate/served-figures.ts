// What is told only of the method that is served: how late its alerts are, and whether another calibration would have been better.
import {
  type CalibrationRow,
  compareCalibrations,
  FRESHNESS_HEAD,
  freshnessCells,
  freshnessSentence,
  type FreshnessTable,
  scaleOf,
} from '@holdfast/training';

import { aligned } from '../aligned.js';
import { type FitResult } from './fit-result.js';
import { type PreparedTask } from './prepare-task.js';

/** At one test cut-off. */
export interface ServedFigures {
  readonly freshness: FreshnessTable;
  readonly calibrations: readonly CalibrationRow[];
}

const KEY = 'served';

/** At each test cut-off; `null`: it was not asked for. */
export function servedFigures(
  fits: readonly FitResult[],
  { task, tests }: Pick<PreparedTask, 'task' | 'tests'>,
): ServedFigures[] | null {
  const own = fits.filter(({ key }) => key === KEY).toSorted((a, b) => a.seed - b.seed);
  const freshness = own[0]?.freshness;
  if (!freshness) return null;
  const scale = scaleOf(task);
  return tests.map((test, i) => {
    const scores = own.flatMap(({ calibration, validation, tests: logits }) =>
      calibration ? [{ calibration, validation, test: logits[i]! }] : [],
    );
    const calibrations = compareCalibrations({ validation: task.validation, test, scale }, scores);
    return { freshness: freshness[i]!, calibrations };
  });
}

/** For programs, beside the metrics of the method. */
export const writtenFigures = (key: string, figures: ServedFigures | undefined): Record<string, unknown> =>
  key === KEY && figures
    ? {
        freshness: figures.freshness,
        calibrations: Object.fromEntries(figures.calibrations.map(({ key: way, name: _, ...row }) => [way, row])),
      }
    : {};

/** For a person. */
export const freshnessText = ({ freshness }: ServedFigures): string =>
  [
    `How late: in the days before the cut-off ${freshnessSentence(freshness)}`,
    '',
    ...aligned([FRESHNESS_HEAD, ...freshnessCells(freshness)]),
  ].join('\n');

/** What the table of {@link calibrationCells} is. */
export const CALIBRATIONS =
  'What is served, calibrated in other ways at validation; differences from the way it is served, paired, with 95 % of resamples of customers.';

/** Head and rows. */
export const calibrationCells = ({ calibrations }: ServedFigures): string[][] => [
  ['', 'log-loss', 'difference', 'ECE', 'difference'],
  ...calibrations.map(({ name, logloss, ece, difference }) => [
    name,
    logloss.value.toFixed(4),
    difference ? signed(difference.logloss) : '',
    ece.value.toFixed(4),
    difference ? signed(difference.ece) : '',
  ]),
];

/** For a person. */
export const calibrationsText = (figures: ServedFigures): string =>
  [CALIBRATIONS, '', ...aligned(calibrationCells(figures))].join('\n');

function signed({ value, low, high }: CalibrationRow['logloss']): string {
  const text = (number: number) => `${number < 0 ? '−' : '+'}${Math.abs(number).toFixed(4)}`;
  return `${text(value)} [${text(low)}, ${text(high)}]`;
}
