// The command line of `npm run thresholds`.
import { join } from 'node:path';

import { type Economics } from '@holdfast/training';

import { PLACE_OPTIONS, placeOf, type PlaceOptions, readArguments, UsageError } from '../command-line.js';

export const HELP = `What would the shop have heard with other thresholds? Replays the past under a release; changes nothing.

  npm run thresholds -- RELEASE --what-if high=.65,medium=.45
  npm run thresholds -- RELEASE --precision .7
  npm run thresholds -- RELEASE --capacity 5
  npm run thresholds -- RELEASE --profit 40,3,.1

  RELEASE           its hash, or the first few characters of it (\`npm run releases -- list\`)
  --what-if TIERS   these, beside those of the release; each tier is optional
  --precision P     the lowest threshold of the high tier whose alerts, 50 or more, were right so often
  --capacity N      the lowest with at most N alerts per 1,000 customers and week
  --profit M,C,S    the one that would have earned most: M, margin of a customer who stays; C, cost of a contact;
                    S, the share of those who would have left that a contact keeps (the hold-out in the console says)
  --write           makes a release with what was asked for (one of the four): the same network, other thresholds.
                    A threshold moves by at most .1 a release. \`npm run releases -- promote\` lets it take over

  --data NAME|FILE  the past to replay: log (default, the shop's own events), or as for \`npm run train\`
  --layout NAME     layout of that file, when it is not to be read off its first line
  --models DIR      where releases are (default: SCORING_MODELS_DIR, else models/ of the repository)
  --data-dir DIR    for \`--data log\`: where everything of \`npm start\` is kept (default .holdfast); with KAFKA_BROKERS
                    set, the log there is read instead
`;

export type Tiers = Readonly<Partial<Record<'medium' | 'high', number>>>;

export interface ThresholdOptions extends PlaceOptions {
  /** Beginning of a hash. */
  readonly release: string;
  readonly whatIf: Tiers | null;
  readonly precision: number | null;
  readonly capacity: number | null;
  readonly profit: Economics | null;
  readonly write: boolean;
}

/** Reads the command line; null: help is wanted. `root`: the repository. Throws {@link UsageError}. */
export function readThresholdOptions(
  args: readonly string[],
  root: string,
  modelsDir = join(root, 'models'),
): ThresholdOptions | null {
  const { values, positionals } = parse(args);
  if (values.help || args.length === 0) return null;
  const [release, ...more] = positionals;
  if (release === undefined) throw refusal('Say under which release: `npm run releases -- list` names them');
  if (more.length > 0) throw refusal('One release at a time');
  const options = {
    release,
    ...placeOf(values, root, modelsDir),
    whatIf: values['what-if'] === undefined ? null : tiersOf(values['what-if']),
    precision: values.precision === undefined ? null : share('precision', values.precision),
    capacity: values.capacity === undefined ? null : positive('capacity', values.capacity),
    profit: values.profit === undefined ? null : economicsOf(values.profit),
    write: values.write ?? false,
  };
  const asked = [options.whatIf, options.precision, options.capacity, options.profit].filter((one) => one !== null);
  if (asked.length === 0) throw refusal('Say what to look at: --what-if, --precision, --capacity or --profit');
  if (options.write && asked.length > 1)
    throw refusal('--write takes one of --what-if, --precision, --capacity, --profit');
  return options;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  return readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        'what-if': text,
        precision: text,
        capacity: text,
        profit: text,
        write: { type: 'boolean' },
        ...PLACE_OPTIONS,
      },
    },
    HOW,
  );
}

function tiersOf(text: string): Tiers {
  const pairs = text.split(',').map((pair) => pair.split('='));
  const known = pairs.every(([tier, risk]) => (tier === 'medium' || tier === 'high') && risk !== undefined);
  if (!known || new Set(pairs.map(([tier]) => tier)).size < pairs.length)
    throw refusal(`--what-if must be like high=.65,medium=.45, not ${JSON.stringify(text)}`);
  return Object.fromEntries(pairs.map(([tier, risk]) => [tier, share('what-if', risk!)]));
}

function economicsOf(text: string): Economics {
  const [margin, cost, saved, ...more] = text.split(',');
  if (margin === undefined || cost === undefined || saved === undefined || more.length > 0)
    throw refusal(`--profit must be like 40,3,.1 (margin, cost, share saved), not ${JSON.stringify(text)}`);
  return { margin: positive('profit', margin), cost: positive('profit', cost), saved: share('profit', saved) };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw refusal(`--${name} must be greater than 0, not ${JSON.stringify(text)}`);
}

function share(name: string, text: string): number {
  const value = positive(name, text);
  if (value < 1) return value;
  throw refusal(`--${name} must lie between 0 and 1, not ${JSON.stringify(text)}`);
}

const HOW = '`npm run thresholds -- --help` shows how.';
const refusal = (what: string): UsageError => new UsageError(`${what}. ${HOW}`);
