// customer.features → customer.risk.
export { championOf, type Models, openModels } from './models.js';
export { createScoringTask, type ScoringShared, type ScoringTask } from './scoring.task.js';
export { scoringTransport } from './scoring-transport.js';
export { ScoringModule } from './scoring.module.js';
export { modelsDirectory, type ScoringSettings, scoringSettings } from './settings.js';
export { scoringService } from './scoring-service.js';
