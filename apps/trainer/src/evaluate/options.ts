// The command line of the evaluation.
import { LAYOUT_NAMES } from '@holdfast/datasets';
import { EVENT_TYPES, type EventType, isActivity, type Millis } from '@holdfast/schemas';
import { FUSIONS, METHODS } from '@holdfast/training';

import { readArguments, UsageError, whole } from '../command-line.js';

const KEYS = METHODS.map(({ key }) => key);

export const USAGE = `Usage: npm run evaluate -- [options]

Trains every method on the same customers, and compares them on later ones.

  --data NAME|FILE      online-retail-ii (default), or a file or folder in a known layout
  --layout NAME         layout of the file, when it is not to be read off its first line: ${LAYOUT_NAMES.join(', ')}
  --target TYPE         churn is the absence of events of this type (default: what the layout says, else purchase)
  --horizon-days H      churn is no such event within H days (default: the shop's own rhythm)
  --active-days A       customers without any event for so long are not asked about (default: 2 H)
  --min-purchases N     nor are those with fewer (default 1)
  --train DATES         cut-offs to train on: 2010-03-01,2010-04-01 or 2010-03-01T12:00
  --validate DATE       the one that everything is chosen on
  --test DATES          those that are reported. Without the three: the last test that fits, validation H before it, and so on
  --models KEYS         only these of ${KEYS.join(', ')}
  --seeds N             seeds of methods in which chance takes part (default 3)
  --workers N           fits at the same time (default 2)
  --json FILE           results; an evaluation that was interrupted goes on where it was when the same FILE is named
  --html FILE           the same as a page with curves, for people
  --help                this text

With --json Ctrl-C loses only the fits under way; without it, everything.`;

/** What was asked for. */
export interface EvaluateOptions {
  readonly data: string;
  readonly layout: string | undefined;
  readonly target: EventType | undefined;
  readonly horizonDays: number | undefined;
  readonly activeDays: number | undefined;
  readonly minPurchases: number;
  /** `null`: the default ones. */
  readonly split: {
    readonly cutoffs: readonly Millis[];
    readonly validation: Millis;
    readonly tests: readonly Millis[];
  } | null;
  readonly models: readonly string[];
  readonly seeds: number;
  readonly workers: number;
  readonly json: string | null;
  readonly html: string | null;
  readonly help: boolean;
}

/** Reads the arguments. Throws {@link UsageError}. */
export function readEvaluateOptions(args: readonly string[]): EvaluateOptions {
  const values = parse(args);
  const number = (name: keyof typeof values & string, least: number) =>
    values[name] === undefined ? undefined : whole(name, values[name] as string, least);
  return {
    data: values.data ?? 'online-retail-ii',
    layout: values.layout,
    target: values.target === undefined ? undefined : typeOf(values.target),
    horizonDays: number('horizon-days', 1),
    activeDays: number('active-days', 1),
    minPurchases: number('min-purchases', 1) ?? 1,
    split: splitOf(values),
    models: modelsOf(values.models),
    seeds: number('seeds', 1) ?? 3,
    workers: number('workers', 1) ?? 2,
    json: values.json ?? null,
    html: values.html ?? null,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  return readArguments(
    {
      args: [...args],
      options: {
        data: text,
        layout: text,
        target: text,
        'horizon-days': text,
        'active-days': text,
        'min-purchases': text,
        train: text,
        validate: text,
        test: text,
        models: text,
        seeds: text,
        workers: text,
        json: text,
        html: text,
        help: { type: 'boolean', short: 'h' },
      },
    },
    'See --help.',
  ).values;
}

/** What customers do; nothing else ends silence. */
const TARGETS = EVENT_TYPES.filter(isActivity);

function typeOf(word: string): EventType {
  const type = TARGETS.find((known) => known === word);
  if (type) return type;
  throw new UsageError(`--target must be one of ${TARGETS.join(', ')}, not ${JSON.stringify(word)}.`);
}

/** A fusion brings its members. */
function modelsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return KEYS;
  const wanted = text.split(',').map((key) => key.trim());
  const strange = wanted.find((key) => !KEYS.includes(key));
  if (strange !== undefined)
    throw new UsageError(`There is no model ${JSON.stringify(strange)}; there are ${KEYS.join(', ')}.`);
  const members = FUSIONS.flatMap(({ key, of }) => (wanted.includes(key) ? of : []));
  return KEYS.filter((key) => wanted.includes(key) || members.includes(key));
}

type Dates = Partial<Record<'train' | 'validate' | 'test', string>>;

function splitOf({ train, validate, test }: Dates): EvaluateOptions['split'] {
  if (train === undefined && validate === undefined && test === undefined) return null;
  if (train === undefined || validate === undefined || test === undefined)
    throw new UsageError('--train, --validate and --test go together: give all three or none.');
  const [validation, ...more] = datesOf('validate', validate);
  if (validation === undefined || more.length > 0) throw new UsageError('--validate takes one date.');
  return { cutoffs: datesOf('train', train), validation, tests: datesOf('test', test) };
}

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$/;

function datesOf(name: string, text: string): Millis[] {
  const dates = text.split(',').map((part) => part.trim());
  const twice = dates.find((date, i) => dates.indexOf(date) !== i);
  if (twice !== undefined) throw new UsageError(`--${name} names ${twice} twice.`);
  return dates.map((date) => {
    const at = DATE.test(date) ? Date.parse(date.includes('T') ? `${date}Z` : `${date}T00:00Z`) : Number.NaN;
    // A 31st of June is taken for the 1st of July.
    if (DATE.test(date) && (Number.isNaN(at) || !new Date(at).toISOString().startsWith(date)))
      throw new UsageError(`--${name} names ${date}, a day or an hour that there is not.`);
    if (Number.isNaN(at))
      throw new UsageError(
        `--${name} must be dates like 2011-06-01 or 2011-06-01T12:00 with commas between, not ${JSON.stringify(date)}.`,
      );
    return at;
  });
}
