// From a shop's history to a model release.
export { type FitOptions, type FitProgress } from './fit.js';
export { type History, HistoryBuilder } from './history.js';
export { defaultHorizon, HORIZONS_DAYS } from './horizon.js';
export { atRiskAt, type Definition, populationText } from './population.js';
export { type DataFacts, type Release, trainRelease } from './release.js';
export { reportOf } from './report.js';
export { onlineRetailSplit, type Split, splitOf } from './split.js';
