// The command line of `npm run releases`.
import { join } from 'node:path';

import { PLACE_OPTIONS, placeOf, type PlaceOptions, readArguments, UsageError } from '../command-line.js';

export const HELP = `Model releases: which there are, which one scores, and letting another one take over.

  npm run releases -- list
  npm run releases -- show RELEASE
  npm run releases -- compare RELEASE
  npm run releases -- promote RELEASE [--anyway]
  npm run releases -- rollback

  list              what is in the folder, and which one is champion
  show              the report that was written when it was trained
  compare           the release against the champion, on the customers of --data at the cut-offs it was tested at, or, where
                    the data are of another time, at the last one whose outcomes are known
  promote           compares, and lets it take over when its probabilities are better: from a record in the log on,
                    without a restart, each customer at their next event
  rollback          lets the champion before the present one take over again

  RELEASE           its hash, or the first few characters of it
  --data NAME|FILE  what to compare on: log (default, the shop's own events), or as for \`npm run train\`
  --layout NAME     layout of that file, when it is not to be read off its first line
  --anyway          promote without comparing
  --models DIR      where releases are (default: SCORING_MODELS_DIR, else models/ of the repository)
  --data-dir DIR    where everything of \`npm start\` is kept (default .holdfast). Stop Holdfast first.
                    With KAFKA_BROKERS (and DATABASE_URL) set, the services there are told instead, and keep
                    running: copy the release into the SCORING_MODELS_DIR of all of them first
`;

export type CommandLine = PlaceOptions &
  (
    | { readonly command: 'list' }
    | { readonly command: 'rollback' }
    | { readonly command: 'show'; readonly release: string }
    | { readonly command: 'compare'; readonly release: string }
    | { readonly command: 'promote'; readonly release: string; readonly anyway: boolean }
  );

/** Reads the command line; null: help is wanted. `root`: the repository. Throws {@link UsageError}. */
export function readCommandLine(
  args: readonly string[],
  root: string,
  modelsDir = join(root, 'models'),
): CommandLine | null {
  const { values, positionals } = parse(args);
  if (values.help || args.length === 0) return null;
  const [command, release, ...more] = positionals;
  const { anyway = false } = values;
  const common = placeOf(values, root, modelsDir);
  if (more.length > 0) throw refusal('One release at a time');
  if (anyway && command !== 'promote') throw refusal('--anyway goes with promote');
  switch (command) {
    case 'list':
    case 'rollback':
      if (release !== undefined) throw refusal(`${command} takes no release`);
      return { ...common, command };
    case 'show':
    case 'compare':
    case 'promote':
      if (release === undefined)
        throw refusal(`Say which release to ${command}: \`npm run releases -- list\` names them`);
      return command === 'promote' ? { ...common, command, release, anyway } : { ...common, command, release };
    case undefined:
      throw refusal('Say what to do: list, show, compare, promote or rollback');
    default:
      throw refusal(`${command} makes no sense`);
  }
}

function parse(args: readonly string[]) {
  return readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...PLACE_OPTIONS,
        anyway: { type: 'boolean' },
      },
    },
    HOW,
  );
}

const HOW = '`npm run releases -- --help` shows how.';
const refusal = (what: string): UsageError => new UsageError(`${what}. ${HOW}`);
