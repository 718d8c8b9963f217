// What features and scoring make of a record: the tasks that their services hand to the runner, and that others run over the log again.
export { featuresTask } from './features.task.js';
export { championOf, type Models, openModels } from './models.js';
export { createScoringTask, type ScoringShared, type ScoringTask } from './scoring.task.js';
export { isSame, type LoggedEvent, Retrace, type RetraceOptions } from './retrace.js';
export { crossingData, situationOf } from './situation.js';
export { thresholdsVersionOf } from './thresholds-version.js';
