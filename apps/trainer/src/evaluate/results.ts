// The results as a file, in the layout of reference/results.json, and as a table for the terminal.
import { createHash } from 'node:crypto';

import { type Comparison, METHODS, type MetricValue, populationText, type Rows } from '@holdfast/training';

import { aligned } from '../aligned.js';
import { type EarlyByMethod, earlyFigures } from './early.js';
import { type FitResult } from './fit-result.js';
import { type PreparedTask } from './prepare-task.js';
import { type ServedFigures, writtenFigures } from './served-figures.js';

/** A cut-off as files name it: without its time at midnight. */
export const cutoffName = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T00:00', '');

/** What identifies the rows of a cut-off. */
export interface PopulationEntry {
  readonly atRisk: number;
  readonly churners: number;
  readonly baseRate: number;
  readonly role: 'train' | 'validation' | 'test';
  readonly sha256: string;
}

export function populationEntry(
  { population, y }: Pick<Rows, 'population' | 'y'>,
  role: PopulationEntry['role'],
): PopulationEntry {
  const churners = y.reduce((sum, label) => sum + label, 0);
  return {
    atRisk: y.length,
    churners,
    baseRate: Math.round((churners / y.length) * 1e6) / 1e6,
    role,
    sha256: createHash('sha256').update(populationText(population)).digest('hex'),
  };
}

/** Everything, for programs. */
export function resultsFile(
  { task, facts, target, tests }: PreparedTask,
  fits: readonly FitResult[],
  {
    comparisons,
    early,
    served,
  }: {
    readonly comparisons: readonly Comparison[];
    readonly early: EarlyByMethod;
    readonly served: readonly ServedFigures[] | null;
  },
): unknown {
  const { training, validation, split, horizonDays, activeDays, minPurchases } = task;
  const byCutoff = split.cutoffs.map((at) => {
    const rows = training.population.flatMap((one, i) => (one.at === at ? [i] : []));
    const population = rows.map((i) => training.population[i]!);
    const y = Uint8Array.from(rows, (i) => training.y[i]!);
    return [cutoffName(at), populationEntry({ population, y }, 'train')] as const;
  });
  return {
    datasets: {
      [facts.name]: {
        ...Object.fromEntries(
          comparisons.map(({ n, baseRate, methods }, i) => [
            cutoffName(split.tests[i]!),
            {
              ...{ n, baseRate },
              ...Object.fromEntries(
                Object.entries(methods).map(([key, metrics]) => [
                  key,
                  {
                    ...metrics,
                    ...(early.has(key) && earlyFigures(early.get(key)![i]!)),
                    ...writtenFigures(key, served?.[i]),
                  },
                ]),
              ),
            },
          ]),
        ),
        meta: {
          H: horizonDays,
          A: activeDays,
          minTarget: minPurchases,
          target,
          dataHash: facts.hash,
          trainRows: training.y.length,
          validation: { T: cutoffName(split.validation), n: validation.y.length },
          bootstrap: 500,
          seeds: [...new Set(fits.map(({ seed }) => seed))].sort((a, b) => a - b),
          chosen: Object.fromEntries(fits.map(({ key, seed, chosen }) => [`${key}/${seed}`, chosen])),
          seconds: Object.fromEntries(fits.map(({ key, seed, seconds }) => [`${key}/${seed}`, round(seconds, 2)])),
          scoreMicros: Object.fromEntries(
            fits.filter(({ seed }) => seed === 0).map(({ key, scoreMicros }) => [key, round(scoreMicros, 2)]),
          ),
        },
      },
    },
    populations: {
      [facts.name]: {
        ...Object.fromEntries(byCutoff),
        [cutoffName(split.validation)]: populationEntry(validation, 'validation'),
        ...Object.fromEntries(split.tests.map((at, i) => [cutoffName(at), populationEntry(tests[i]!, 'test')])),
      },
    },
  };
}

/** A paired difference with its interval: of intervals that overlap, one may yet lie above the other on nearly every resample. */
export function differenceText({ value, lo, hi }: MetricValue, digits: number): string {
  if (lo === 0 && hi === 0) return '–'; // from itself
  const signed = (one: number) => `${one < 0 ? '−' : '+'}${Math.abs(one).toFixed(digits)}`;
  return `${signed(value)}${lo === undefined || hi === undefined ? '' : ` [${signed(lo)}, ${signed(hi)}]`}`;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** One test cut-off, for a person. */
export function tableOf(at: number, { n, baseRate, methods }: Comparison, fits: readonly FitResult[]): string {
  const head = ['', 'ROC-AUC', 'against lr_all', 'PR-AUC', 'lift', 'Brier', 'log-loss', 'ECE', 'fit, s', 'score, µs'];
  const rows = METHODS.flatMap(({ key, name }) => {
    const metrics = methods[key];
    return metrics ? [[name, ...cellsOf(metrics), ...timesOf(fits.filter((fit) => fit.key === key))]] : [];
  });
  const ceiling = Math.min(1 / baseRate, n / Math.ceil(n / 10)).toFixed(2);
  return [
    `Test at ${cutoffName(at)}: ${n} customers at risk, ${(100 * baseRate).toFixed(1)} % churned; lift of the first tenth at most ${ceiling}.`,
    'Brier score, log-loss and ECE: raw / calibrated on validation. Square brackets: 95 % of resamples of customers.',
    '',
    ...aligned([head, ...rows]),
  ].join('\n');
}

/** Among methods that see only the past nothing ranks so well. */
const TOO_GOOD = 0.95;

/** A sentence when a method ranks as well as if it knew what happened; none is usual. */
export const knowsTooMuch = ({ methods }: Comparison): string[] =>
  METHODS.filter(({ key }) => (methods[key]?.['auc']?.value ?? 0) > TOO_GOOD).map(
    ({ name }) =>
      `${name} has a ROC-AUC above ${TOO_GOOD}. Look whether it sees what happened afterwards, in \`y\`, \`churned\` or the later part of a history: nothing that sees only the past ranks so well as a rule.`,
  );

/** How early each method warns from the i-th test cut-off on, for a person. */
export function earlyTableOf(early: EarlyByMethod, i: number): string {
  const head = ['', 'from risk', 'warned', 'days before', 'alerts', 'of them right'];
  const methods = METHODS.flatMap(({ key, name }) => {
    const both = early.get(key)?.[i];
    return both ? [{ name, ...both.alerts }] : [];
  });
  const rows = methods.map(({ name, threshold, share, medianLeadDays: lead, perThousandWeek, precisionNew }) => [
    name,
    `${threshold.value.toFixed(3)}${threshold.reachedOnValidation ? '' : ' *'}`,
    Number.isNaN(share.value) ? '–' : `${(100 * share.value).toFixed(1)} %`,
    Number.isNaN(lead.value) ? '–' : `${lead.value.toFixed(1)} [${lead.low.toFixed(1)}, ${lead.high.toFixed(1)}]`,
    perThousandWeek.toFixed(1),
    precisionNew ? `${(100 * precisionNew.value).toFixed(1)} % of ${precisionNew.n}` : '–',
  ]);
  const precision = `${(100 * (methods[0]?.threshold.targetPrecision ?? 0)).toFixed(0)} %`;
  return [
    `Early warning: churners warned of before their silence was a horizon long, and how long before; alerts per 1,000 customers and week.`,
    `From the lowest risk whose alerts before validation were right at least ${precision} of the time (*: none was; the best).`,
    '',
    ...aligned([head, ...rows]),
  ].join('\n');
}

function cellsOf(metrics: Readonly<Record<string, MetricValue>>): string[] {
  const text = (name: string, digits: number) => metrics[name]?.value.toFixed(digits) ?? '–';
  const { auc, auc_minus_lr_all: difference } = metrics;
  const interval = auc ? ` [${auc.lo?.toFixed(3)}, ${auc.hi?.toFixed(3)}]` : '';
  return [
    `${text('auc', 4)}${interval}`,
    difference ? differenceText(difference, 4) : '–',
    text('prauc', 3),
    text('lift10', 2),
    `${text('brier', 3)} / ${text('brier_cal', 3)}`,
    `${text('logloss', 4)} / ${text('logloss_cal', 4)}`,
    `${text('ece', 3)} / ${text('ece_cal', 3)}`,
  ];
}

function timesOf(fits: readonly FitResult[]): string[] {
  if (fits.length === 0) return ['–', '–'];
  const mean = (of: (fit: FitResult) => number) => fits.reduce((sum, fit) => sum + of(fit), 0) / fits.length;
  return [mean(({ seconds }) => seconds).toFixed(1), mean(({ scoreMicros }) => scoreMicros).toFixed(1)];
}
