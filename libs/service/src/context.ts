// What a service gets from its surroundings.
import { type Logger } from 'pino';

import { Health } from './health.js';
import { createLogger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';

/** One service in one process: its name, log, metrics and health checks. */
export interface ServiceContext {
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
}

/** Makes a context. `processMetrics`: also measure the process itself (once per process). */
export function createContext(
  name: string,
  options: { readonly logLevel: string; readonly processMetrics?: boolean },
): ServiceContext {
  return {
    name,
    logger: createLogger(name, options.logLevel),
    metrics: createMetrics(name, { process: options.processMetrics ?? true }),
    health: new Health(),
  };
}
