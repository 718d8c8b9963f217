// Logging: one JSON line per decision or failure, never per event.
import { pino, type Logger } from 'pino';

/** A logger whose lines carry the service's name. Writes to standard error, so that standard output stays for people. */
export const createLogger = (service: string, level: string): Logger =>
  pino(
    { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
