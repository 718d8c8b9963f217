// behavior.events → customer.features.
export { featuresTransport } from './features-transport.js';
export { FeaturesModule } from './features.module.js';
export { type FeaturesSettings, featuresSettings } from './settings.js';
export { featuresService } from './features-service.js';
