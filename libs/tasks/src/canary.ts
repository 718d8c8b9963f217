// The canaries: what scoring makes of them, by a model of their own. Their network reads events and draws a curve as any does, with all weights 0 but
// those of the silence: the logit rises straight from −5 through 0, the high tier, at CANARY_SILENCE.
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, crossingsAhead, HIGH, type ScoringState } from '@holdfast/model';
import { judgedAt, scoreRecord } from '@holdfast/risk';
import { CANARY_SILENCE, DAY, type FeatureRecord, type Millis, type RiskEvent } from '@holdfast/schemas';

/** Stands for the canaries' release, which is no file. */
const CANARY_MODEL = '0'.repeat(64);

/** A canary after a record: silent from then on. */
export function stepCanary(previous: ScoringState | undefined, record: FeatureRecord, steppedAt: Millis) {
  const at = judgedAt(record, steppedAt);
  const artifact = canaryArtifact;
  const judgement = { hash: CANARY_MODEL, artifact, drawnBy: previous && artifact, at };
  return { ...waiting(scoreRecord(previous, record, judgement), at), outputs: [] };
}

/** A canary when it is woken; nothing is said but that it has crossed. */
export function wakeCanary(before: ScoringState, at: Millis) {
  const reached = crossingsAhead(before, canaryArtifact, at - 1).findLast((crossing) => crossing.at <= at);
  const state = { ...before, tier: reached?.tier ?? before.tier };
  const { shop, customer } = state;
  const crossed: RiskEvent = { type: 'holdfast.canary.v1', shop, customer, at, data: { origin: 'live' } };
  return { ...waiting(state, at), outputs: reached?.tier === HIGH ? [crossed] : [] };
}

function waiting(state: ScoringState, at: Millis) {
  const next = crossingsAhead(state, canaryArtifact, at)[0];
  return { state, ...(next && { wakeAt: next.at }) };
}

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
