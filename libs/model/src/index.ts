// The serving side of the churn model: numbers in, numbers out.
export {
  type Arrival,
  arrivalInputs,
  arrivalOf,
  CURE_LOGIT,
  held,
  LOG_SCALE,
  LOG_SHAPE,
  quietUntil,
  writeArrivalInputs,
} from './arrivals.js';
export { type ArrivalWeights, type Artifact, inputsOf, type LstmWeights, unitDaysOf } from './artifact.js';
export { decodeArtifact, encodeArtifact, type ExpectedInputs } from './artifact-codec.js';
export { ArtifactError } from './artifact-reader.js';
export { crossingOf, type Stretch } from './crossing.js';
export { logitAt } from './curve.js';
export {
  type Crossing,
  crossingsAhead,
  type CurveWindow,
  instantOfSilence,
  lapseAt,
  logitOf,
  type PastCrossing,
  riskCurveOf,
  type RiskPoint,
  type ScoringState,
  silenceDaysAt,
  type TierSince,
  UNDOUBTED,
} from './customer-risk.js';
export { headDeviations } from './dropout-heads.js';
export { type GroupEffects, groupEffects, type Grouping, networkLogit } from './group-effects.js';
export { type Known } from './known.js';
export { type Kernel, kernelOf } from './kernel.js';
export { embedCategory, initialLstmState, type LstmState } from './lstm.js';
export { logit, sigmoid } from './probability.js';
export { type Reason, reasonsFor } from './reasons.js';
export { isSameEncoder, isSameNetwork } from './same-network.js';
export { scoringStateCodec } from './scoring-state-codec.js';
export { seededRandom } from './seeded-random.js';
export { distance, nearest, type Segmentation, segmentOf, standardised } from './segmentation.js';
export {
  bisectCrossing,
  churnRisk,
  cureWeibull,
  lomax,
  lomaxCrossing,
  type LogitPower,
  logitPowerCrossing,
  logitPowerRisk,
  type LogSurvival,
  quietProbability,
} from './survival.js';
export { HIGH, LAPSED, LOW, MEDIUM, thresholdOf, tierAfter, tierReached, type TierRank } from './tiers.js';
