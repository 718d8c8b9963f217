// The life of a service process: settings, start, SIGTERM or Ctrl-C, orderly stop, exit code.
import { type Static, type TObject } from '@sinclair/typebox';

import { createContext, type ServiceContext } from './context.js';
import { type Composition, startServer } from './http-server.js';
import { readSettings, serviceSettings } from './settings.js';

/** How long an orderly stop may take before the process ends anyway, ms. */
const STOP_LIMIT_MS = 10_000;

export interface ServiceDefinition<S extends TObject> {
  readonly name: string;
  readonly settings: S;
  build(context: ServiceContext, settings: Static<S>): Promise<Composition>;
}

/** Runs a service until it is told to stop. Never returns normally: ends the process, 0 after an orderly stop, 1 otherwise. */
export async function runService<S extends TObject>(definition: ServiceDefinition<S>): Promise<void> {
  try {
    const own = readSettings(serviceSettings, process.env);
    const settings = readSettings(definition.settings, process.env);
    const context = createContext(definition.name, { logLevel: own.LOG_LEVEL });
    const composition = await definition.build(context, settings);
    const app = await startServer(composition, { contexts: [context], host: own.HTTP_HOST, port: own.HTTP_PORT });
    const url = await app.getUrl();
    context.logger.info({ url }, 'listening');
    process.send?.({ listening: url });
    onStop(async (signal) => {
      context.logger.info({ signal }, 'stopping');
      await app.close();
      await composition.close?.();
    });
  } catch (error) {
    process.stderr.write(`${definition.name}: ${plainMessage(error)}\n`);
    process.exit(1);
  }
}

/** Calls `stop` once on SIGTERM or SIGINT (or when a parent that started us over IPC is gone), then exits. */
export function onStop(stop: (signal: string) => Promise<void>): void {
  let stopping = false;
  const handle = (signal: string) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`could not stop in order: ${plainMessage(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
  if (process.connected) process.on('disconnect', () => handle('disconnect'));
}

/** Names of errors that only a mistake in the code throws. */
const MISTAKES = /^(Type|Reference|Syntax|Assertion)Error$/;

/** What a person is told of an error: its sentence; of a mistake in the code the stack. */
export function plainMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return MISTAKES.test(error.name) ? (error.stack ?? error.message) : error.message;
}
