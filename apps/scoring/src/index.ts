// customer.features → customer.risk.
export { scoringTransport } from './scoring-transport.js';
export { ScoringModule } from './scoring.module.js';
export { modelsDirectory, type ScoringSettings, scoringSettings } from './settings.js';
export { scoringService } from './scoring-service.js';
