// The command line of `npm run replay -- --what-if`.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { type Millis } from '@holdfast/schemas';

import { ReplayRefused } from '../refusal.js';

export const HELP = `What would have been said, and done, with other thresholds or another model? Lives through the shop's own log again, both ways, and
tells the difference. Nothing is written to it, and nobody is written to.

  npm run replay -- --what-if thresholds.json [OPTIONS]

  --what-if FILE    {"medium": 0.45, "high": 0.65, "hysteresis": 0.05}: what is left out stays as it was; {} with --model
  --model RELEASE   judge by this release, its hash or the first few characters of it, from the beginning
  --from DATE       tell only of crossings from here …
  --until DATE      … to here (default: the whole log)
  --json FILE       all crossings that differ, too, for programs
  --models DIR      where releases are (default: SCORING_MODELS_DIR, else models/ of the repository)
  --data-dir DIR    where everything of \`npm start\` is kept (default .holdfast). Stop Holdfast first. With KAFKA_BROKERS
                    (and DATABASE_URL) set, the log there is read instead, beside the services

Decisions are counted under the rules that the settings DISPATCH_… make. What the contacts would have changed is not known.
`;

export interface WhatIfOptions {
  /** File of the thresholds. */
  readonly thresholds: string;
  /** Beginning of a hash; null: the log's own releases. */
  readonly model: string | null;
  readonly from: Millis;
  readonly until: Millis;
  readonly json: string | null;
  readonly modelsDir: string;
  readonly dataDir: string;
}

/** Reads the command line; null: help is wanted. `root`: the repository. Throws {@link ReplayRefused}. */
export function readWhatIfOptions(
  args: readonly string[],
  root: string,
  modelsDir = join(root, 'models'),
): WhatIfOptions | null {
  // Also with nothing behind --what-if.
  if (args.some((arg) => arg === '--help' || arg === '-h')) return null;
  const values = parse(args);
  const options = {
    thresholds: values['what-if']!,
    model: values.model ?? null,
    from: instantOf('from', values.from) ?? -Infinity,
    until: instantOf('until', values.until) ?? Infinity,
    json: values.json ?? null,
    modelsDir: values.models ?? modelsDir,
    dataDir: values['data-dir'] === undefined ? join(root, '.holdfast') : resolve(values['data-dir']),
  };
  if (options.from < options.until) return options;
  throw refusal('--from must be before --until');
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ 'what-if': text, model: text, from: text, until: text, json: text, models: text, 'data-dir': text },
      },
    }).values;
  } catch (error) {
    throw refusal((error as Error).message.split('. ')[0]!.replace(/\.$/, ''));
  }
}

function instantOf(name: string, value: string | undefined): Millis | undefined {
  if (value === undefined) return undefined;
  const at = /^\d{4}-\d\d-\d\d(T|$)/.test(value) ? Date.parse(value) : NaN;
  if (Number.isFinite(at)) return at;
  throw refusal(`--${name} must be a date like 2025-03-01, not ${JSON.stringify(value)}`);
}

const refusal = (what: string) => new ReplayRefused(`${what}. \`npm run replay -- --what-if --help\` shows how.`);
