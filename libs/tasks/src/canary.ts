// The canaries' own model, and what is said of them. Their network reads events and draws a curve as any does, with all weights 0 but those of
// the silence: the logit rises straight from −5 through 0, the high tier, at CANARY_SILENCE.
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, HIGH, type ScoringState } from '@holdfast/model';
import { CANARY_SILENCE, DAY, type Millis, type RiskEvent } from '@holdfast/schemas';

import { type Models } from './models.js';

/** Stands for the canaries' release, which is no file. */
export const CANARY_MODEL = '0'.repeat(64);

/** The same releases, and that of the canaries. */
export const withCanary = (models: Models): Models => ({
  get: (hash) => (hash === CANARY_MODEL ? canaryArtifact : models.get(hash)),
});

/** What is said when a canary has been woken. */
export const canaryCrossing = ({ shop, customer, tier }: ScoringState, at: Millis): RiskEvent[] =>
  tier === HIGH ? [{ type: 'holdfast.canary.v1', shop, customer, at, data: { origin: 'live' } }] : [];

const HIDDEN = 32;
const UNITS = 32;
const START = -5;
const inputs = HIDDEN + WIDE_SIZE + 2;
const embedding = { buckets: 1, size: 1, table: new Float32Array(1) };
const silenceDays = CANARY_SILENCE / DAY;

const canaryArtifact: Artifact = {
  version: 1,
  featureSet: FEATURE_SET_HASH,
  stepSize: STEP_SIZE,
  wideSize: WIDE_SIZE,
  hidden: HIDDEN,
  embedding,
  lstm: {
    kernel: new Float32Array((STEP_SIZE + embedding.size) * 4 * HIDDEN),
    recurrent: new Float32Array(HIDDEN * 4 * HIDDEN),
    bias: new Float32Array(4 * HIDDEN),
  },
  // The last input of the head is the silence by 90 u-days; its first unit passes it on.
  dense: {
    kernel: new Float32Array(inputs * UNITS).fill(1, (inputs - 1) * UNITS, (inputs - 1) * UNITS + 1),
    bias: new Float32Array(UNITS),
  },
  output: { kernel: new Float32Array(UNITS).fill((-START * 90) / silenceDays, 0, 1), bias: START },
  skip: new Float32Array(WIDE_SIZE),
  scaler: { mean: new Float32Array(WIDE_SIZE), deviation: new Float32Array(WIDE_SIZE).fill(1) },
  scale: { horizonDays: 90, medianOrderMinor: 100 },
  knotsDays: [0, 2 * silenceDays, 1],
  calibration: { slope: 1 },
  thresholds: { medium: 0.2, high: 0.5 },
  hysteresis: 0.05,
  activeDays: 1,
  horizonDays: 90,
  metrics: {},
  dataHash: 'none',
  seed: 0,
};
