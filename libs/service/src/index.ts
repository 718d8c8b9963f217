// What every service process has: settings, log, metrics, health, start and stop.
export { Closing } from './closing.js';
export { createContext, type ServiceContext } from './context.js';
export { Health } from './health.js';
export { type Composition, PortTakenError, refuseTakenPort, type ServerOptions, startServer } from './http-server.js';
export { createLogger } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export { onStop, plainMessage, runService, type ServiceDefinition } from './run-service.js';
export {
  infrastructureSettings,
  isSecret,
  placeSettings,
  readSettings,
  serviceSettings,
  SettingsError,
} from './settings.js';
export { ServiceModule } from './service.module.js';
export { observeStream } from './stream-metrics.js';
