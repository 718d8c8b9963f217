// The command line of the trainer.
import { readArguments, whole } from './command-line.js';

export const USAGE = `Usage: npm run train -- [options]

  --data NAME|FILE     what to learn from: online-retail-ii (default), a file or folder in a known layout, or
                       \`log\`: the shop's own behavior.events
  --layout NAME        layout of the file, when it is not to be read off its first line
  --horizon-days N     churn is no purchase within N days (default: the shop's own rhythm)
  --seed N             same data, same seed, same bytes (default 1)
  --epochs N           most epochs (default 30; training stops earlier when it no longer gets better)
  --no-teacher         learn from what happened alone: five times as fast, and ranks a little worse
  --from RELEASE       go on from a release in --out (its hash, or the first few characters): a few small steps on newer
                       events; where they do not help, only its calibration and thresholds are new
  --prior FILE         what is true of shops, as \`npm run prior\` has it: a shop with fewer than 2,000 customers whose outcome is
                       known is served by that and what its customers say (default: models/prior.json of the repository)
                       a shop of less than eight weeks, or of fewer than 20 buyers, gets a release that only ranks
  --no-prior           a network of the shop's own however few its customers
  --out FOLDER         where releases go (default: models/ of the repository)
  --data-dir FOLDER    for \`--data log\`: where the log of \`npm start\` lies (default: .holdfast/ of the repository);
                       with KAFKA_BROKERS set, the log there is read instead
  --help               this text

Ctrl-C finishes after the present step and keeps the best network so far; before there is one (while the teacher
learns) it leaves without a release, and so does a second Ctrl-C.`;

/** What was asked for. */
export interface TrainerOptions {
  readonly data: string;
  readonly layout: string | undefined;
  readonly horizonDays: number | undefined;
  readonly seed: number;
  readonly epochs: number;
  readonly teacher: boolean;
  /** Null: do without. */
  readonly prior: string | null;
  /** Beginning of a hash. */
  readonly from: string | undefined;
  readonly out: string;
  readonly dataDir: string;
  readonly help: boolean;
}

/** Reads the arguments. `root`: folder of the repository. Throws {@link UsageError}. */
export function readOptions(args: readonly string[], root: string): TrainerOptions {
  const text = { type: 'string' } as const;
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        data: text,
        layout: text,
        'horizon-days': text,
        seed: text,
        epochs: text,
        'no-teacher': { type: 'boolean' },
        prior: text,
        'no-prior': { type: 'boolean' },
        from: text,
        out: text,
        'data-dir': text,
        help: { type: 'boolean', short: 'h' },
      },
    },
    'See --help.',
  );
  return {
    data: values.data ?? 'online-retail-ii',
    layout: values.layout,
    horizonDays: values['horizon-days'] === undefined ? undefined : whole('horizon-days', values['horizon-days'], 1),
    seed: whole('seed', values.seed ?? '1', 0),
    epochs: whole('epochs', values.epochs ?? '30', 1),
    teacher: !(values['no-teacher'] ?? false),
    prior: values['no-prior'] ? null : (values.prior ?? `${root}/models/prior.json`),
    from: values.from,
    out: values.out ?? `${root}/models`,
    dataDir: values['data-dir'] ?? `${root}/.holdfast`,
    help: values.help ?? false,
  };
}
