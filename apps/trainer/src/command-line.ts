// What the command lines of this app have in common: what makes no sense is refused with a sentence that says where help is.
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that makes no sense; the message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `parseArgs`, whose complaints become a {@link UsageError}. `help`: the sentence behind them. */
export function readArguments<const T extends ParseArgsConfig>(
  config: T,
  help: string,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]!.replace(/\.$/, '')}. ${help}`);
  }
}

/** A whole number of at least `least`. Throws {@link UsageError}. */
export function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
  throw new UsageError(`--${name} must be a whole number of at least ${least}, not ${JSON.stringify(text)}.`);
}
