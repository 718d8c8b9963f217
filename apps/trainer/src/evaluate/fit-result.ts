// What one fit leaves behind: enough for every metric, without the model.
import { type Calibration, type FreshnessTable } from '@holdfast/training';

/** One fit to be made. */
export interface FitRequest {
  readonly key: string;
  readonly seed: number;
}

export interface FitResult extends FitRequest {
  readonly chosen: Readonly<Record<string, number | string>>;
  readonly seconds: number;
  /** Mean over the test rows, µs. */
  readonly scoreMicros: number;
  /** Raw logits at validation, and at each test cut-off. */
  readonly validation: Float64Array;
  readonly tests: readonly Float64Array[];
  /** Of what is served: what its logits have; `null` of others. */
  readonly calibration: Calibration | null;
  /** On the grids that earliness is told from, one moment after the other; of the first seed, `null` of others. */
  readonly grids: Float64Array | null;
  /** Before each test cut-off; of the first seed of what is served, `null` of others. */
  readonly freshness: readonly FreshnessTable[] | null;
}
