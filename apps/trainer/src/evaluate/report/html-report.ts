// The evaluation as one HTML file that needs nothing else: for people who decide, and for people who doubt.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

import { type Comparison, type FitScores, METHODS, type MetricValue } from '@holdfast/training';

import { passedOverText } from '../../read-history.js';
import { type EarlyByMethod } from '../early.js';
import { type PreparedTask } from '../prepare-task.js';
import { cutoffName, differenceText, knowsTooMuch } from '../results.js';
import { calibrationCells, CALIBRATIONS, type ServedFigures } from '../served-figures.js';
import { type Chart, chartsOf, toldOf } from './charts-of.js';

/** What the report is made of; arrays have an entry for each test cut-off. */
export interface ReportParts {
  readonly prepared: PreparedTask;
  readonly comparisons: readonly Comparison[];
  readonly scores: readonly ReadonlyMap<string, readonly FitScores[]>[];
  readonly early: EarlyByMethod;
  /** `null`: what is served was not asked for. */
  readonly served: readonly ServedFigures[] | null;
}

export function htmlReport({ prepared, comparisons, scores, early, served }: ReportParts): string {
  const { task, facts, target, tests, passedOver } = prepared;
  const left = passedOverText(passedOver)
    .map((sentence) => ` ${text(sentence)}`)
    .join('');
  const { horizonDays, split, training, validation } = task;
  const charts = tests.map((test, i) =>
    chartsOf({ i, test, comparison: comparisons[i]!, scores: scores[i]!, early, horizonDays }),
  );
  const sections = comparisons.map((comparison, i) =>
    [
      section({ at: cutoffName(split.tests[i]!), horizonDays, comparison, early, i, charts: charts[i]! }),
      ...(served ? [calibrationSection(served[i]!)] : []),
    ].join('\n'),
  );
  const learnt = `${training.y.length} rows at ${split.cutoffs.length} moments from ${cutoffName(split.trainFrom)} to ${cutoffName(split.trainUntil)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who is about to leave: ${text(basename(facts.name))}</title>
<style>${asset('uplot/dist/uPlot.min.css')}
${readFileSync(join(import.meta.dirname, 'report.css'), 'utf8')}</style>
<h1>Who is about to leave, and who saw it coming</h1>
<p>${text(basename(facts.name))}: ${number(facts.events)} events of ${number(facts.customers)} customers.${left} A customer has left when there is no ${text(target)} for
${horizonDays} days. Every method learnt from the same customers (${learnt}), chose whatever it had to choose on ${validation.y.length} customers at
${cutoffName(split.validation)}, and was then asked about later moments, of which it knew nothing.</p>
${sections.join('\n')}
<h2>How to read the figures</h2>
<p class="muted">ROC-AUC: of two customers, one who left and one who stayed, how often the first had the higher risk; .5 is chance. Square brackets: 95 % of
500 resamples of the customers. Lift: how many times as many of the riskiest tenth left as of all. Log-loss, Brier score: how far off risks are, less is better; ECE: the same as a share.
Warned of: of those who left and had been silent for less than ${horizonDays} days, whom an alert had named before they had been, and the median of how long before. Alerts: for every
1,000 customers, on the day itself and then new ones a week, from the risk on whose alerts before ${cutoffName(split.validation)} were right often enough (*: none was; the best),
and how many of the new ones were right, where that is known by now. Where chance takes part, figures are means over seeds, but those of warnings and the curves are
of the first. Against regression: the difference in ROC-AUC from regression on all features on the same resamples; where its brackets leave out 0 one of the two ranks better, even if the
brackets beside it overlap. Nothing was fitted or chosen on what happened after the moments that are tested${early.has('served') ? '' : ', but which method the sentence above each table is about: the one with the highest ROC-AUC there'}.
Click a name below a chart to take its line away, or to add it.</p>
<script type="application/json" id="data">${json({ charts: charts.flat() })}</script>
<script>${asset('uplot/dist/uPlot.iife.min.js')}</script>
<script type="module">${readFileSync(join(import.meta.dirname, 'charts.js'), 'utf8')}</script>
</html>
`;
}

interface SectionParts {
  readonly at: string;
  readonly horizonDays: number;
  readonly comparison: Comparison;
  readonly early: EarlyByMethod;
  readonly i: number;
  readonly charts: readonly Chart[];
}

function section(parts: SectionParts): string {
  const { at, comparison, charts } = parts;
  const figures = charts.map(
    ({ id, title, caption }) =>
      `<figure><h3>${text(title)}</h3><div id="${id}"></div><figcaption>${text(caption)}</figcaption></figure>`,
  );
  return `<h2>Asked on ${at}: ${number(comparison.n)} customers, of whom ${percent(comparison.baseRate)} left</h2>
<p class="key">${keySentence(parts)}</p>
${knowsTooMuch(comparison)
  .map((sentence) => `<p class="key">${text(sentence)}</p>`)
  .join('')}
<div class="table">${tableOf(parts)}</div>
<div class="charts">${figures.join('\n')}</div>`;
}

const calibrationSection = (figures: ServedFigures): string => {
  const [head, ...rows] = calibrationCells(figures);
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
  return `<h3>Would other calibrations have been better?</h3>
<p class="muted">${CALIBRATIONS}</p>
<div class="table"><table><thead>${line(head!, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table></div>`;
};

/** What matters most, in words. */
function keySentence({ comparison, early, i, horizonDays }: SectionParts): string {
  const { methods, baseRate } = comparison;
  const key = toldOf(comparison);
  const lift = methods[key]!['lift10']!.value;
  const warned = early.get(key)?.[i]?.alerts;
  const first =
    `Of the tenth of customers that <b>${text(nameOf(key))}</b> took for the riskiest, <b>${percent(Math.min(1, lift * baseRate))}</b> left, ` +
    `against ${percent(baseRate)} of all.`;
  if (!warned || Number.isNaN(warned.medianLeadDays.value)) return first;
  const { share, medianLeadDays, perThousandWeek, backlogPerThousand, precisionNew } = warned;
  const days = Math.floor(medianLeadDays.value); // at least
  return (
    `${first} Of those who left and had been silent for less than ${horizonDays} days it named <b>${percent(share.value)}</b> before they had been, half of them at ` +
    `least <b>${days === 1 ? '1 day' : `${days} days`}</b> before. That takes ${backlogPerThousand.toFixed(0)} alerts for every 1,000 customers at once, and ` +
    `${perThousandWeek.toFixed(0)} more each week${precisionNew ? `, of which ${percent(precisionNew.value)} were right` : ''}.`
  );
}

const METRICS = ['prauc', 'lift10', 'brier', 'logloss', 'ece'] as const;
const HEADS = [
  ...['method', 'ROC-AUC', 'against regression', 'PR-AUC', 'lift', 'Brier', 'log-loss', 'ECE'],
  ...['warned of', 'days before', 'alerts at once', 'a week', 'right'],
];

function tableOf({ comparison, early, i }: SectionParts): string {
  const rows = METHODS.flatMap(({ key, name }) => {
    const metrics = comparison.methods[key];
    if (!metrics) return [];
    const warned = early.get(key)?.[i]?.alerts;
    const cells = [
      cellOf('auc', metrics['auc']),
      metrics['auc_minus_lr_all'] ? differenceText(metrics['auc_minus_lr_all'], 3) : '–',
      ...METRICS.map((metric) => cellOf(metric, metrics[metric])),
      ...(warned
        ? [
            `${percent(warned.share.value)}${warned.threshold.reachedOnValidation ? '' : ' *'}`,
            Number.isNaN(warned.medianLeadDays.value) ? '–' : warned.medianLeadDays.value.toFixed(0),
            warned.backlogPerThousand.toFixed(0),
            warned.perThousandWeek.toFixed(0),
            warned.precisionNew ? `${percent(warned.precisionNew.value)} of ${warned.precisionNew.n}` : '–',
          ]
        : Array<string>(5).fill('–')),
    ];
    return [
      `<tr${key === 'served' ? ' class="served"' : ''}><td>${text(name)}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
    ];
  });
  const head = HEADS.map((title) => `<th>${title}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function cellOf(metric: 'auc' | (typeof METRICS)[number], value: MetricValue | undefined): string {
  if (!value) return '–';
  const digits = metric === 'lift10' ? 2 : 3;
  const interval = metric === 'auc' ? ` [${value.lo?.toFixed(3)}, ${value.hi?.toFixed(3)}]` : '';
  return `${value.value.toFixed(digits)}${interval}`;
}

const nameOf = (key: string): string => METHODS.find((one) => one.key === key)?.name ?? key;
const number = (count: number): string => count.toLocaleString('en');
const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${Math.round(100 * share)} %`);
const text = (plain: string): string => plain.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** Within a script element. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
const asset = (path: string): string => readFileSync(createRequire(import.meta.url).resolve(path), 'utf8');
