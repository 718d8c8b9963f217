// Settings of the console, and the rule that nobody but this machine may look in without a token.
import { fileURLToPath } from 'node:url';

import { type Static, Type } from '@sinclair/typebox';

export const consoleSettings = Type.Object({
  HTTP_HOST: Type.String({ default: '127.0.0.1', description: 'address to listen on' }),
  CONSOLE_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      description: 'needed on any address but loopback: whoever opens the console must present it',
    }),
  ),
  CONSOLE_SHOP: Type.String({ default: 'main', minLength: 1, description: 'shop that the console shows' }),
  CONSOLE_CURRENCY: Type.String({
    default: 'GBP',
    pattern: '^[A-Z]{3}$',
    description: "the shop's base currency, in which amounts are shown",
  }),
  SCORING_MODELS_DIR: Type.Optional(
    Type.String({ description: 'folder of the model releases that scoring uses; default: models/ of the repository' }),
  ),
});
export type ConsoleSettings = Static<typeof consoleSettings>;

/** The folder of the releases. */
export const modelsDirectory = (settings: ConsoleSettings): string =>
  settings.SCORING_MODELS_DIR ?? fileURLToPath(new URL('../../../models', import.meta.url));

/** The console would be open to strangers. */
export class OpenConsoleError extends Error {
  override readonly name = 'PlainError';
}

/** True for names and addresses that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** Throws a sentence when the address can be reached by others and no token is set. */
export function refuseOpenConsole(settings: ConsoleSettings): void {
  if (isLoopback(settings.HTTP_HOST) || settings.CONSOLE_TOKEN !== undefined) return;
  throw new OpenConsoleError(
    `The console shows customers and would be open to anyone who can reach ${settings.HTTP_HOST}: set CONSOLE_TOKEN ` +
      'to a secret of at least 16 characters, or listen on 127.0.0.1.',
  );
}
