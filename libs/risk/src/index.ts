// The model applied to what is known of a customer: the state, the curve and the tier that come of a record. Pure.
export { advance } from './advance.js';
export { ACTS, type Act, type Champion, type Counterfactual, counterfactuals, type Saved } from './counterfactuals.js';
export { curveAfter } from './curve-after.js';
export { type Factor, FACTORS, factorsOf } from './factors.js';
export { type Forecast, forecaster, forecastOf } from './forecast.js';
export { judgedAt, type Judgement, remember, scoreRecord } from './score-record.js';
export { type Occlusion, occlusions } from './occlusions.js';
export { segmentAt } from './segment.js';
export { forecastChanges, nextForecastAt, type StandingForecast, standingForecasts } from './standing-forecasts.js';
export {
  heardFrom,
  isOut,
  lostOf,
  NOTICED_WITHIN,
  type Outage,
  outageAt,
  type Source,
  sourceNamed,
  type Sources,
  wasOutAt,
} from './sources.js';
export { silentDaysIn } from './silent-days.js';
export { wideAtSilence } from './wide-at-silence.js';
export { withCrossing, withTier } from './last-days.js';
export { retell, type Retold } from './retold.js';
