// From a shop's history to a model release, and all methods compared on the same rows.
export { type FitProgress } from './fit.js';
export { bySilence, type SilenceBucket } from './by-silence.js';
export { churnTask, testRows } from './churn-task.js';
export { compare, type Comparison, type FitScores, type MetricValue } from './comparison.js';
export { type Curve, leadCurve, liftCurve, precisionCurve, reliabilityCurve, rocCurve } from './curves.js';
export { type BothEarly, type Earliness, earliness } from './earliness.js';
export { type Fusion, FUSIONS } from './fusions.js';
export { FRESHNESS_HEAD, freshnessCells, type FreshnessTable } from './freshness.js';
export { crowdsOf, logitsOnGrids, slicesOf } from './grids.js';
export { type History, HistoryBuilder } from './history.js';
export { defaultHorizon, HORIZONS_DAYS } from './horizon.js';
export { METHODS } from './methods.js';
export { type ChurnModel, type ChurnTask, type FittedModel } from './models/churn-model.js';
export { MODELS } from './models/index.js';
export { type AtRisk, atRiskAt, type Definition, populationText } from './population.js';
export { contest, type Contest } from './promotion.js';
export { type DataFacts, type Release, trainRelease } from './release.js';
export { reportOf } from './report.js';
export { type Rows } from './rows.js';
export { alertStream, type AlertStream, type AlertSummary } from './alerts.js';
export { servedLogits } from './served.js';
export {
  type Economics,
  enough,
  fullest,
  lowestHolding,
  mostProfitable,
  profitOf,
  type Tried,
} from './threshold-rules.js';
export { tryAll, tryOne } from './thresholds.js';
export { givenSplit, onlineRetailSplit, type Split, splitOf } from './split.js';
