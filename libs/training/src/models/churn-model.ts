// What every method of the comparison is: fitted on the same rows, it says how likely each customer at risk is to churn.
import { type Calibration } from '../calibration.js';
import { type FreshnessTable } from '../freshness.js';
import { type History } from '../history.js';
import { logLoss } from '../linear-model.js';
import { type Definition } from '../population.js';
import { type Rows } from '../rows.js';
import { type Split } from '../split.js';
import { type TabularScheme } from '../tabular-features.js';

/** What there is to learn from. */
export interface ChurnTask extends Definition {
  readonly histories: readonly History[];
  readonly split: Split;
  /** Of all rows. */
  readonly scheme: TabularScheme;
  /** Everybody at risk at each training cut-off, stacked. */
  readonly training: Rows;
  /** Whatever is chosen is chosen here, by log-loss. */
  readonly validation: Rows;
}

/** A fitted method. */
export interface FittedModel {
  /** What was chosen on validation, for the report. */
  readonly chosen: Readonly<Record<string, number | string>>;
  /** Raw logits of churn, row by row. */
  logits(rows: Rows): Float64Array;
  /** Of a method that is served: the calibration that its logits have. */
  readonly calibration?: Calibration;
  /** Of a method that is served: how late its alerts are before each test cut-off, by how often customers are scored. */
  freshness?(): FreshnessTable[];
}

/** One method. A new one is a file that exports this, and a line in models/index.ts. */
export interface ChurnModel {
  /** In files, as in reference/results.json. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  /** Chance takes part: it is fitted once a seed, and reported as the mean. */
  readonly isSeeded: boolean;
  /** Same task and seed: same logits. */
  fit(task: ChurnTask, seed: number): FittedModel | Promise<FittedModel>;
}

/** Log-loss of raw logits. */
export const loglossOf = (logits: Float64Array, y: Uint8Array): number =>
  logits.reduce((sum, logit, i) => sum + logLoss(logit, y[i]!).value, 0) / y.length;

/** Fits all candidates and keeps the one of least validation log-loss. */
export function bestOf<C>(candidates: readonly C[], validation: Rows, fit: (candidate: C) => FittedModel): FittedModel {
  let best: { readonly fitted: FittedModel; readonly loss: number } | undefined;
  for (const candidate of candidates) {
    const fitted = fit(candidate);
    const loss = loglossOf(fitted.logits(validation), validation.y);
    if (!best || loss < best.loss) best = { fitted, loss };
  }
  if (!best) throw new RangeError('candidates must not be empty');
  return best.fitted;
}
