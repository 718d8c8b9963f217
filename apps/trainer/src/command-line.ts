// What the command lines of this app have in common: what makes no sense is refused with a sentence that says where help is.
import { join, resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';

import { type DataOptions } from './read-data.js';

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

const text = { type: 'string' } as const;

/** Options of the commands on releases: where those are, and what they are judged by. */
export const PLACE_OPTIONS = {
  data: text,
  layout: text,
  models: text,
  'data-dir': text,
  help: { type: 'boolean', short: 'h' },
} as const;

/** Where a command works. */
export interface PlaceOptions extends DataOptions {
  /** Folder of the releases. */
  readonly models: string;
}

/** With what is not named: the shop's own log, the folder that is served from, and that of `npm start`. */
export const placeOf = (
  values: Readonly<Partial<Record<'data' | 'layout' | 'models' | 'data-dir', string | undefined>>>,
  root: string,
  modelsDir: string,
): PlaceOptions => ({
  data: values.data ?? 'log',
  layout: values.layout,
  models: resolve(values.models ?? modelsDir),
  dataDir: values['data-dir'] === undefined ? join(root, '.holdfast') : resolve(values['data-dir']),
});
