// The command line of `npm run upkeep`.
import { join } from 'node:path';

import { PLACE_OPTIONS, placeOf, type PlaceOptions, readArguments, UsageError } from '../command-line.js';

export const HELP = `Are the risks still true? Holds those of the champion against what became of the customers since, and says what would mend
it: going back to the release before, calibrating anew, or other thresholds. Changes nothing unless it is told to.

  npm run upkeep
  npm run upkeep -- --act

  --act             does what it recommends, one thing at a time; what it does is noted in a report beside the release,
                    and \`npm run releases -- rollback\` takes it back. On Kafka a new release is only made, for the
                    scoring processes do not have its file; with --shared it is promoted, too
  --shared          --models is the very folder that all scoring processes read
  --data NAME|FILE  what to judge by: log (default, the shop's own events), or as for \`npm run train\`
  --layout NAME     layout of that file, when it is not to be read off its first line
  --models DIR      where releases are (default: SCORING_MODELS_DIR, else models/ of the repository)
  --data-dir DIR    where everything of \`npm start\` is kept (default .holdfast). Stop Holdfast first.
                    With KAFKA_BROKERS (and DATABASE_URL) set, the log of the services is read, which keep running
`;

export interface UpkeepOptions extends PlaceOptions {
  readonly act: boolean;
  /** The folder is the one that scoring reads, on every machine. */
  readonly isShared: boolean;
}

/** Reads the command line; null: help is wanted. `root`: the repository. Throws {@link UsageError}. */
export function readUpkeepOptions(
  args: readonly string[],
  root: string,
  modelsDir = join(root, 'models'),
): UpkeepOptions | null {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        ...PLACE_OPTIONS,
        act: { type: 'boolean' },
        shared: { type: 'boolean' },
      },
    },
    '`npm run upkeep -- --help` shows how.',
  );
  if (values.help) return null;
  if (values.data === '') throw new UsageError('--data must name something to read.');
  return {
    ...placeOf(values, root, modelsDir),
    act: values.act ?? false,
    isShared: values.shared ?? false,
  };
}
