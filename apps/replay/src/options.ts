// The command line of `npm run replay`.
import { parseArgs } from 'node:util';

import { ReplayRefused } from './refusal.js';

export interface CommandLine {
  /** A shipped name, a file or a folder. */
  readonly data: string;
  readonly layout: string | undefined;
  readonly dryRun: boolean;
  readonly isImport: boolean;
  readonly speed: number;
  readonly url: string | undefined;
  readonly writeKey: string | undefined;
}

export const HELP = `Sends a data set through ingest.

  npm run replay -- NAME|FILE|FOLDER [OPTIONS]

  --dry-run         show what the data set becomes, send nothing
  --layout L        do not guess the layout (see docs/replay.md)
  --speed max|N     stream seconds a second (default max)
  --import          into a running shop: history at its own times; the clock stays live
  --url URL         address of ingest (default REPLAY_URL or http://127.0.0.1:3000)
  --write-key KEY   a key that may replay; with --import, import (default REPLAY_WRITE_KEY)

  npm run replay -- --what-if thresholds.json    what other thresholds would have meant in this shop (--help says more)

A replay keeps its place in the database at DATABASE_URL and resumes there.
`;

/** Reads the command line; null: help is wanted. Throws `ReplayRefused`. */
export function readCommandLine(args: readonly string[]): CommandLine | null {
  const { values, positionals } = parse(args);
  if (values.help || (positionals.length === 0 && args.length === 0)) return null;
  const [data, ...more] = positionals;
  if (data === undefined || more.length > 0)
    throw new ReplayRefused('Name one data set, file or folder. `npm run replay -- --help` lists the options.');
  const speed = values.speed === undefined || values.speed === 'max' ? Infinity : Number(values.speed);
  if (!(speed > 0)) throw new ReplayRefused(`--speed must be max or a number above 0, got ${values.speed}.`);
  return {
    ...{ data, speed, layout: values.layout, url: values.url, writeKey: values['write-key'] },
    dryRun: values['dry-run'] ?? false,
    isImport: values.import ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        layout: { type: 'string' },
        'dry-run': { type: 'boolean' },
        import: { type: 'boolean' },
        speed: { type: 'string' },
        url: { type: 'string' },
        'write-key': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new ReplayRefused(
      `${(error as Error).message.split('. ')[0]}. \`npm run replay -- --help\` lists the options.`,
    );
  }
}
