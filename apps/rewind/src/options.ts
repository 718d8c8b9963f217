// The command line of `npm run rewind`.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { RewindRefused } from '@holdfast/stream';

export const HELP = `Lets the stages go on from an older backup of the database, which they refuse by themselves. Restore the backup first.

  npm run rewind              says what would be done again, and changes nothing
  npm run rewind -- --yes     does it

  --data-dir DIR    where everything of \`npm start\` is kept (default .holdfast). Stop Holdfast first.
                    With KAFKA_BROKERS (and DATABASE_URL) set, the services there are rewound instead: stop
                    all of them but ingest first
`;

export interface CommandLine {
  readonly yes: boolean;
  readonly dataDir: string;
}

/** Reads the command line; null: help is wanted. `root`: the repository. Throws {@link RewindRefused}. */
export function readCommandLine(args: readonly string[], root: string): CommandLine | null {
  const values = parse(args);
  if (values.help) return null;
  const dataDir = values['data-dir'] === undefined ? join(root, '.holdfast') : resolve(values['data-dir']);
  return { yes: values.yes ?? false, dataDir };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { yes: { type: 'boolean' }, 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new RewindRefused(
      `${(error as Error).message.split('. ')[0]}. \`npm run rewind -- --help\` shows how it is used.`,
    );
  }
}
