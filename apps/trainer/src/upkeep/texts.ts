// What a person is told of a round of upkeep.
import { type Artifact } from '@holdfast/model';
import { toIso } from '@holdfast/schemas';
import { type Inspection, type MaturedCohort, type Remedy } from '@holdfast/training';

import { aligned } from '../aligned.js';
import { FEATURE_WORDS } from './feature-words.js';
import { contactedLines, short } from '../releases/texts.js';

const day = (at: number): string => toIso(at).slice(0, 10);
type Estimate = MaturedCohort['observedOverExpected'];
const interval = ({ value, low, high }: Estimate, digits: number): string =>
  `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
const percents = ({ value, low, high }: Estimate): string =>
  `${signed(100 * value, 1)} % [${signed(100 * low, 1)}, ${signed(100 * high, 1)}]`;
const signed = (value: number, digits = 4): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** A table of the cohorts, drift, and what follows. */
export function inspectionText(champion: string, { cohorts, drift, signs }: Inspection): string {
  const head = [
    'customers at risk on',
    'of them',
    'churned',
    'bought ÷ expected',
    'log-loss',
    'above right',
    'ECE',
    'by chance',
    'AUC',
  ];
  const rows = cohorts.map(
    ({ at, customers, effective, churned, observedOverExpected, metrics, excess, eceByChance }) => [
      day(at),
      effective < customers ? `${customers} (as good as ${Math.round(effective)})` : String(customers),
      `${(100 * churned).toFixed(1)} %`,
      interval(observedOverExpected, 2),
      interval(metrics.logloss, 3),
      percents(excess),
      metrics.ece.value.toFixed(3),
      eceByChance.toFixed(3),
      interval(metrics.auc, 3),
    ],
  );
  return [
    `What release ${short(champion)} said, and what became of it:`,
    '',
    ...aligned([head, ...rows]),
    ...contactedLines(sumOf(cohorts)),
    '',
    ...(drift
      ? [
          `From ${day(drift.from)} to ${day(drift.until)} risks moved by ${indexText(drift.risk)}; of what is known of customers most: ` +
            `${drift.features.map(({ name, ...of }) => `${FEATURE_WORDS[name]} ${indexText(of)}`).join('; ')}.`,
          'Population stability index; brackets: what chance alone stays below 95 times of 100. Below .1 is steady, above .25 another population. Days here are ninetieths of the horizon.',
        ]
      : []),
    ...(signs.length > 0
      ? [
          '',
          ...signs,
          'A training on newer events is due: `npm run train -- --data log`, then `npm run releases -- promote`.',
        ]
      : []),
  ].join('\n');
}

const sumOf = (cohorts: readonly MaturedCohort[]): Pick<MaturedCohort, 'contacted' | 'unrepresented'> => ({
  contacted: cohorts.reduce((sum, { contacted }) => sum + contacted, 0),
  unrepresented: cohorts.reduce((sum, { unrepresented }) => sum + unrepresented, 0),
});

const indexText = ({ index, byChance }: { readonly index: number; readonly byChance: number }): string =>
  `${index.toFixed(3)} [${byChance.toFixed(3)}]`;

/** What would be done, and why. */
export function remedyText(remedy: Remedy, champion: Artifact): string {
  switch (remedy.kind) {
    case 'rollback': {
      const { value, low, high } = remedy.contest.difference.logloss;
      return (
        `The release before would have been better since the promotion: log-loss ${signed(value)} [${signed(low, 3)}, ${signed(high, 3)}] ` +
        `on ${remedy.contest.rows} customers. It should take over again.`
      );
    }
    case 'recalibrate': {
      const { calibration, fittedAt, judgedAt, contest } = remedy.recalibration;
      const { logloss, ece } = contest.difference;
      return (
        `With slope ${calibration.slope} and level ${calibration.level} on the present logits, fitted on ${day(fittedAt)}, risks on ${day(judgedAt)} would have been ` +
        `better: log-loss ${signed(logloss.value)} [${signed(logloss.low, 3)}, ${signed(logloss.high, 3)}], ECE ${signed(ece.value)}. ` +
        'The network should be calibrated so.'
      );
    }
    case 'thresholds': {
      const { thresholds } = remedy.artifact;
      const step = (tier: 'high' | 'medium') =>
        `${tier} ${champion.thresholds[tier]} → ${thresholds[tier]} (the newest would have ${remedy.wanted[tier]})`;
      return `Thresholds should move a step towards what the newest alerts ask for: ${step('high')}, ${step('medium')}.`;
    }
  }
}

/** Why nothing is done. */
export const BLIND =
  'Customers were contacted for whom nobody stands: who would have left without is not known. A change that is judged on the others could undo what works, ' +
  'so none is made by itself; promote by hand what you trust. Keep a hold-out (DISPATCH_HOLD_OUT_SHARE) from the first message on: who has been drawn keeps their arm.';
export const ELSEWHERE =
  'Customers were contacted, but none of these data: they are of another shop, and say nothing of who was left alone here. Nothing is changed by them.';

/** A release that was made, where scoring does not read the folder. */
export const toCopyText = (hash: string, models: string): string =>
  `${short(hash)} is in ${models}. Copy it into the SCORING_MODELS_DIR of all scoring processes, then \`npm run releases -- promote ${short(hash)} --anyway\`.`;

/** Markdown, to lie beside a release that upkeep made: the record of what was done, and why. */
export const mendedReport = ({
  name,
  of,
  at,
  what,
}: {
  readonly name: string;
  readonly of: string;
  readonly at: string;
  readonly what: string;
}): string => `# Model release ${name}

The network of release \`${of}\`, mended by \`npm run upkeep\` on ${at}:

\`\`\`
${what}
\`\`\`

How good the network is stands in the report of \`${of}\`.
`;
