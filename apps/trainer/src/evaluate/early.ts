// How early each method warns, at each test cut-off: for the table, and in the layout of reference/results.json.
import { sigmoid } from '@holdfast/model';
import { type BothEarly, crowdsOf, earliness, type Earliness, slicesOf } from '@holdfast/training';

import { type FitResult } from './fit-result.js';
import { type PreparedTask } from './prepare-task.js';
import { gridScores } from './scores.js';

/** By key, of each test cut-off. */
export type EarlyByMethod = ReadonlyMap<string, readonly BothEarly[]>;

export function earlyByMethod(
  fits: readonly FitResult[],
  { task, facts }: PreparedTask,
  models: readonly string[],
): EarlyByMethod {
  const crowds = crowdsOf(task);
  const { population, y } = task.validation;
  return new Map(
    [...gridScores(fits, { y, models })].map(([key, { validation, test }]) => {
      const snapshot = { population, p: validation.map(sigmoid) };
      const options = { horizonDays: task.horizonDays, end: facts.until };
      return [key, earliness(snapshot, slicesOf(test, crowds), options)] as const;
    }),
  );
}

/** `early_…`: threshold from a snapshot; `earlyA_…`: from alerts. */
export const earlyFigures = ({ snapshot, alerts }: BothEarly): Record<string, unknown> => ({
  ...figuresOf('early', snapshot),
  ...figuresOf('earlyA', alerts),
});

function figuresOf(prefix: string, early: Earliness): Record<string, unknown> {
  const { threshold, share, medianLeadDays, precisionNew } = early;
  const interval = ({ value, low, high }: Earliness['share'], digits: number) =>
    Number.isNaN(value) ? null : { value: round(value, digits), lo: round(low, digits), hi: round(high, digits) };
  const figures = {
    threshold: { ...threshold, value: round(threshold.value, 5) },
    churners: { value: early.churners },
    share: interval(share, 5),
    median_lead_days: interval(medianLeadDays, 5),
    alerts_per_1000_week: { value: round(early.perThousandWeek, 3) },
    backlog_per_1000: { value: round(early.backlogPerThousand, 2) },
    precision_new_alerts: precisionNew
      ? { ...precisionNew, value: round(precisionNew.value, 4) }
      : { n: 0, value: null },
  };
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [`${prefix}_${name}`, figure]));
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
