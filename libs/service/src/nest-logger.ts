// Nest's own messages, as lines of ours.
import { type LoggerService } from '@nestjs/common';
import { type Logger } from 'pino';

/** Nest's start-up chatter goes to `debug`; its warnings and errors stay what they are. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => logger.debug(String(message)),
  debug: (message: unknown) => logger.debug(String(message)),
  verbose: (message: unknown) => logger.trace(String(message)),
  warn: (message: unknown) => logger.warn(String(message)),
  error: (message: unknown, ...rest: unknown[]) => logger.error({ detail: rest.map(String) }, String(message)),
  fatal: (message: unknown) => logger.fatal(String(message)),
});
