// A model release: everything that scoring needs, in one file that is named by its hash.
import { type Segmentation } from './segmentation.js';

/** Keras LSTM weights, row-major; gate order i, f, c, o; recurrent activation `sigmoid` (TF.js defaults to hardSigmoid: set it). */
export interface LstmWeights {
  readonly kernel: Float32Array; // [inputs × 4H]
  readonly recurrent: Float32Array; // [H × 4H]
  readonly bias: Float32Array; // [4H]
}

/** Of the time to the next visit (arrivals.ts): weights on [h, standardised wide features at the last activity, 1], each [H + W + 1]. */
export interface ArrivalWeights {
  /** logit π: they never come again. */
  readonly cure: Float32Array;
  /** log α, u-days. */
  readonly scale: Float32Array;
  /** log β. */
  readonly shape: Float32Array;
}

/**
 * The wide-and-deep student of model.md §4. Network input of a step: encoded step (`stepSize`) then the embedding of its
 * category. Head input at knot k: [h, z(wide at s_k), log(1 + s_k)/4, s_k/90], s_k in u-days.
 */
export interface Artifact {
  readonly version: 1;
  /** Hash of the feature set it was trained on. */
  readonly featureSet: string;
  readonly stepSize: number;
  readonly wideSize: number;
  readonly hidden: number;
  readonly embedding: { readonly buckets: number; readonly size: number; readonly table: Float32Array }; // [buckets × size]
  readonly lstm: LstmWeights;
  readonly dense: { readonly kernel: Float32Array; readonly bias: Float32Array }; // [H + W + 2 × units], [units]
  readonly output: { readonly kernel: Float32Array; readonly bias: number }; // [units]
  /** Linear skip from the standardised wide features to the logit. */
  readonly skip: Float32Array; // [W]
  readonly scaler: { readonly mean: Float32Array; readonly deviation: Float32Array }; // [W], deviation > 0
  readonly scale: { readonly horizonDays: number; readonly medianOrderMinor: number };
  /** Silences at which the curve is drawn, days, rising from 0. */
  readonly knotsDays: readonly number[]; // [K]
  /** Calibrated logit = slope · raw logit; slope > 0. */
  readonly calibration: { readonly slope: number };
  /** Risks at which the tiers begin, medium < high. */
  readonly thresholds: { readonly medium: number; readonly high: number };
  /** A tier is left at its threshold minus this. */
  readonly hysteresis: number;
  /** A: a customer silent for so long has lapsed. */
  readonly activeDays: number;
  readonly horizonDays: number;
  /** When a customer comes next; absent: it does not say. */
  readonly arrivals?: ArrivalWeights;
  /** Of recency, frequency and money (libs/features, rfm.ts); absent: it knows none. */
  readonly segmentation?: Segmentation;
  /** Its risks order customers, but are no probabilities: no outcome in the shop was known. */
  readonly ranksOnly?: true;
  /** What the trainer reports; not read by scoring. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Of the training data. */
  readonly dataHash: string;
  readonly seed: number;
}

/** Days in one u-day of this release. */
export const unitDaysOf = (artifact: Artifact): number => artifact.horizonDays / 90;

/** Inputs of one step of its network: the encoded event and the embedding of its category. */
export const inputsOf = ({ stepSize, embedding }: Artifact): number => stepSize + embedding.size;
