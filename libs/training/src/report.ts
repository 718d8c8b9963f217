// The report of a release, for a person who decides whether to serve it.
import { DAY } from '@holdfast/schemas';

import { type AlertSummary } from './alerts.js';
import { type SilenceBucket } from './by-silence.js';
import { type Evaluation, type Method, METHODS } from './evaluation.js';
import { FRESHNESS_HEAD, freshnessCells, freshnessSentence } from './freshness.js';
import { type Estimate } from './bootstrap.js';
import { type Release } from './release.js';
import { MIN_ALERTS } from './threshold-rules.js';
import { HIGH_RULE, MEDIUM_RULE } from './thresholds.js';

const TITLES: Readonly<Record<Method, string>> = {
  served: '**LSTM + wide (served)**',
  lr_rfm: 'logistic regression on RFM',
  recency: 'recency rule',
};
const HEADS = { auc: 'ROC-AUC', prauc: 'PR-AUC', brier: 'Brier', logloss: 'log-loss', ece: 'ECE' } as const;
const COLUMNS = Object.keys(HEADS) as (keyof typeof HEADS)[];
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`);
const number = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));
const interval = ({ value, low, high }: Estimate): string =>
  `${number(value, 4)} [${number(low, 3)}, ${number(high, 3)}]`;
const signed = ({ value, low, high }: Estimate): string => {
  const plus = (v: number, digits: number) => `${v < 0 ? '−' : '+'}${Math.abs(v).toFixed(digits)}`;
  return `${plus(value, 4)} [${plus(low, 3)}, ${plus(high, 3)}]`;
};
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Markdown. `hash`: SHA-256 of the artifact's bytes. */
export function reportOf(release: Release, hash: string): string {
  const { data, artifact, evaluations, thresholds } = release;
  return `# Model release ${hash.slice(0, 12)}

\`${hash}\`

| | |
|---|---|
| data | ${data.name}: ${data.events} events of ${data.customers} customers, ${day(data.from)} … ${day(data.until)} |
| data hash | \`${data.hash}\` |
| churn | no purchase within ${artifact.horizonDays} days; at risk: bought before, active within ${artifact.activeDays} days |
${originOf(release)}
| seed | ${artifact.seed} |
| feature set | \`${artifact.featureSet}\` |

Nothing was fitted, chosen or tuned on the test cut-offs${release.isFromLater ? ', **but what it began with may have learnt from later events: these figures are not clean**' : ''}. All methods are scored on the same rows and calibrated alike at
validation. Square brackets: 95 % interval from 500 resamples of customers; models are not refitted.

${evaluations.map(section).join('\n\n')}

## Tiers

${tiersOf(release)}

Chosen on the alerts of the ${artifact.horizonDays} days before validation, replayed as the service would have raised them: the lowest risk at which alerts
were right at least ${percent(thresholds.high.floor)} (high: half of the way from the base rate to certainty, never below ${percent(HIGH_RULE.precision)}) and ${percent(thresholds.medium.floor)} (medium: a quarter
of the way, never below ${percent(MEDIUM_RULE.precision)}) of the time, by a precision that rises with risk (isotonic regression). Where that could not be had ("by capacity"), the risk whose alerts were right
most often, of those with at most ${HIGH_RULE.perThousandWeek} and ${MEDIUM_RULE.perThousandWeek} alerts per 1,000 customers at risk and week; where no risk had
the ${MIN_ALERTS} alerts that say something about precision ("by rank"), that of the riskiest third of the candidates, which promises nothing. A customer who lapsed and comes back is no alert.
Rows marked "not clean" overlap the ${artifact.horizonDays} days after validation, from which epoch and calibration were chosen. An alert is right when no purchase follows within
${artifact.horizonDays} days. Lead: days between a right alert and the day on which the silence itself would have been ${artifact.horizonDays} days long.
A tier is left at its threshold − ${artifact.hysteresis}, and only because the customer acted.

## How soon

${release.freshness.map((_, i) => freshnessSection(release, i)).join('\n\n')}

A crossing by silence has an instant, and no event: who scores customers by the clock hears of it later, who scores them at their events alone mostly
never. "Heard of": by a score that reached the threshold while the customer was in the tier, of crossings by events and of those in silence. "Late": of the
latter, those heard of. "In time": before the silence was ${artifact.horizonDays} days long, of crossings after which no purchase came within ${artifact.horizonDays} days and which came before that.

## Limits

${limitsOf(release)}
`;
}

/** How the network came about, as rows of the first table. */
function originOf({ origin, validation, trained, from }: Release): string {
  const learnt = `landmarks ${day(trained.from)} … ${day(trained.until)} (labels included)`;
  const validated = `| validation | ${day(validation.at)}: ${validation.customers} at risk, ${percent(validation.baseRate)} churned |`;
  if (origin.kind === 'cold start')
    return `| trained on | ${origin.customers} customers, too few for a network of their own; ${learnt} |
| made of | the prior \`${origin.prior.hash.slice(0, 12)}\` of ${origin.prior.shops.map(({ name }) => name).join(', ')}, with a level and a slope from these customers (weight ${(1 - origin.weight).toFixed(2)}), and logistic regression on their running counters (weight ${origin.weight.toFixed(2)}) |
${validated}
| calibration | that of its parts; nothing was chosen at validation but the thresholds |`;
  const { customers, epoch, epochsRun, stopped, isTaught, validation: loss, calibration } = origin;
  const began = from ? `began with release \`${from.slice(0, 12)}\`; ` : '';
  const teachers =
    'the mean of three methods (boosting, regression on all features, LSTM + wide), fitted on other customers';
  return `| trained on | ${customers} customers; ${learnt}; ${began}epoch ${epoch} of ${epochsRun} run${stopped ? ', **stopped by hand**' : ''} |
| taught by | ${isTaught ? teachers : 'nobody: it learnt from labels alone'} |
${validated}
| epoch chosen by | log-loss ${loss.toFixed(4)} at validation, with a level and a slope fitted there |
| calibration | slope ${calibration.slope}, level ${calibration.level} on the logit, from validation: the average customer is moved half as far as would fit best there, for the season will turn |`;
}

function section({ at, customers, baseRate, methods, difference, bySilence }: Evaluation): string {
  const rows = METHODS.map((method) => [TITLES[method], ...COLUMNS.map((name) => interval(methods[method][name]))]);
  return `## Test at ${day(at)}: ${customers} at risk, ${percent(baseRate)} churned

${table(['method', ...COLUMNS.map((name) => HEADS[name])], rows)}

Served minus logistic regression, paired: AUC ${signed(difference.auc)}, log-loss ${signed(difference.logloss)}. ${verdict(difference)}

Risk by silence, served:

${table(
  ['silence, days', 'customers', 'predicted', 'observed'],
  bySilence.map((bucket) => [
    stretchOf(bucket),
    String(bucket.customers),
    percent(bucket.predicted),
    percent(bucket.observed),
  ]),
)}`;
}

const stretchOf = ({ fromDays, untilDays }: SilenceBucket): string =>
  untilDays === Infinity ? `${fromDays.toFixed(0)} or more` : `${fromDays.toFixed(0)} – ${untilDays.toFixed(0)}`;

/** One sentence: who won, if anybody did. */
function verdict({ auc, logloss }: Evaluation['difference']): string {
  const judge = (low: boolean, high: boolean, name: string) =>
    low ? `better in ${name}` : high ? `**worse in ${name}**` : `a tie in ${name}`;
  const parts = [judge(auc.low > 0, auc.high < 0, 'ranking'), judge(logloss.high < 0, logloss.low > 0, 'log-loss')];
  return `The served model is ${parts.join(' and ')}.`;
}

function tiersOf(release: Release): string {
  const { thresholds, alerts } = release;
  const cells = (summary: AlertSummary): string[] => [
    String(summary.alerts),
    percent(summary.bySilence),
    percent(summary.precision),
    number(summary.medianLeadDays, 0),
    number(summary.perThousandWeek, 1),
  ];
  const period = (at: number) =>
    `before ${day(at)} (test${isClean(release, at) ? '' : '; **not clean**: overlaps the validation labels'})`;
  const rows = (['medium', 'high'] as const).flatMap((tier) => {
    const { risk, by, summary } = thresholds[tier];
    return [
      [tier, risk.toFixed(3), `before validation (chosen by ${by})`, ...cells(summary)],
      ...alerts
        .filter((row) => row.tier === tier)
        .map((row) => [tier, risk.toFixed(3), period(row.at), ...cells(row.summary)]),
    ];
  });
  const head = [
    'tier',
    'from risk',
    'alerts',
    'count',
    'by silence',
    'right',
    'median lead, days',
    'per 1,000 and week',
  ];
  return table(head, rows);
}

const freshnessSection = (release: Release, i: number): string => {
  const [{ at }, of] = [release.evaluations[i]!, release.freshness[i]!];
  const clean = isClean(release, at) ? '' : ' (**not clean**, see above)';
  return `In the days before ${day(at)}${clean} ${freshnessSentence(of)}

${table(FRESHNESS_HEAD, freshnessCells(of))}`;
};

/** Alerts are of the H days before `at`, the labels of validation of the H days after validation: do they keep apart? */
function isClean({ artifact, validation }: Release, at: number): boolean {
  return at - validation.at >= 2 * artifact.horizonDays * DAY;
}

function limitsOf(release: Release): string {
  const { trained, data, alerts, thresholds } = release;
  const right = alerts
    .filter((row) => row.tier === 'high')
    .map((row) => `${percent(row.summary.precision)}${isClean(release, row.at) ? '' : ' (not clean)'}`);
  return [
    `- Trained on one shop's past (${data.name}). Seasons it has not seen shift the base rate; the calibration does not follow them.`,
    `- What happened up to ${day(trained.until)} was learnt from: risks shown for that time look better than they were.`,
    `- A crossing is computed to the second but known to days or weeks: another seed puts it elsewhere.`,
    `- Precision on alerts was ${percent(thresholds.high.summary.precision)} where the high threshold was chosen and ${right.join(', ')} on test: expect the latter.`,
    `- The baselines here are weak ones. \`npm run evaluate\` compares with strong ones: boosting, a forest, regression on all features, fusions.`,
    `- Risk says whom to consider, not whom contacting helps: that is measured by the hold-out.`,
  ].join('\n');
}
