// The command line of the prior.
import { join, resolve } from 'node:path';

import { readArguments, UsageError, whole } from '../command-line.js';

export const USAGE = `Usage: npm run prior -- [options]

Learns from several shops at once what is true of shops: with it a shop is served that has few customers.

  --shops FILE         the shops, as in data/public-shops.json (default); data/README.md says where to get their data
  --customers N        at most so many customers of each shop (default 2000)
  --seed N             same data, same seed, same bytes (default 1)
  --epochs N           most epochs (default 30)
  --no-teacher         learn from what happened alone: several times as fast, and ranks a little worse
  --out FOLDER         where prior.json goes (default: models/ of the repository)
  --curve              makes no prior, but shows what one is worth: each shop is served by a prior of the others and by so many
                       customers of its own, against learning from these alone
  --sizes N,N,…        so many customers (default 50,100,500,2000)
  --draws N            so many draws of them, by chance (default 5)
  --json FILE          with --curve: the figures; one that was interrupted goes on where it was when the same FILE is named
  --help               this text

Ctrl-C leaves; with --json nothing that is done is lost.`;

/** What was asked for. */
export interface PriorOptions {
  readonly shops: string;
  readonly customers: number;
  readonly seed: number;
  readonly epochs: number;
  readonly teacher: boolean;
  readonly out: string;
  readonly curve: boolean;
  readonly sizes: readonly number[];
  readonly draws: number;
  readonly json: string | null;
  readonly help: boolean;
}

/** Reads the arguments. `root`: folder of the repository. Throws {@link UsageError}. */
export function readPriorOptions(args: readonly string[], root: string): PriorOptions {
  const text = { type: 'string' } as const;
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        shops: text,
        customers: text,
        seed: text,
        epochs: text,
        'no-teacher': { type: 'boolean' },
        out: text,
        curve: { type: 'boolean' },
        sizes: text,
        draws: text,
        json: text,
        help: { type: 'boolean', short: 'h' },
      },
    },
    'See --help.',
  );
  const curve = values.curve ?? false;
  const strange = (['sizes', 'draws', 'json'] as const).find((name) => values[name] !== undefined);
  if (strange !== undefined && !curve) throw new UsageError(`--${strange} goes with --curve. See --help.`);
  return {
    shops: resolve(values.shops ?? join(root, 'data', 'public-shops.json')),
    customers: whole('customers', values.customers ?? '2000', 20),
    seed: whole('seed', values.seed ?? '1', 0),
    epochs: whole('epochs', values.epochs ?? '30', 1),
    teacher: !(values['no-teacher'] ?? false),
    out: values.out ?? join(root, 'models'),
    curve,
    sizes: (values.sizes ?? '50,100,500,2000').split(',').map((size) => whole('sizes', size.trim(), 1)),
    draws: whole('draws', values.draws ?? '5', 1),
    json: values.json ?? null,
    help: values.help ?? false,
  };
}
