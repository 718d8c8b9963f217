// What a person is told.
import { type Artifact } from '@holdfast/model';
import { toIso } from '@holdfast/schemas';
import { type Contest } from '@holdfast/training';

import { type Reign } from './champion.js';
import { type Shelved, testedAt } from './shelf.js';

const SHORT = 12;
export const short = (hash: string): string => hash.slice(0, SHORT);
const day = (at: number): string => toIso(at).slice(0, 10);
const signed = (value: number, digits = 4): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** `reign`: null where nothing is known of it. */
export function listText(shelf: readonly Shelved[], reign: Reign | null, folder: string): string {
  if (shelf.length === 0) return `There are no releases in ${folder}: \`npm run train\` makes one.`;
  const head = ['release', 'churn within', 'tested at', 'AUC', 'data', ''];
  const rows = shelf.map((one) =>
    'artifact' in one
      ? [short(one.hash), ...cellsOf(one.artifact), stateOf(one.hash, reign)]
      : [short(one.hash), '–', '–', '–', '–', `cannot be served: ${one.fault}`],
  );
  const widths = head.map((_, k) => Math.max(...[head, ...rows].map((row) => row[k]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, k) => cell.padEnd(widths[k]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf(artifact: Artifact): string[] {
  const { tests = [] } = artifact.metrics as {
    tests?: { methods?: { served?: { auc?: readonly number[] } } }[];
  };
  const auc = tests.at(-1)?.methods?.served?.auc?.[0];
  return [
    `${artifact.horizonDays} days`,
    testedAt(artifact).map(day).at(-1) ?? '–',
    artifact.ranksOnly ? 'ranks only' : (auc?.toFixed(3) ?? '–'),
    artifact.dataHash.slice(0, 8) || '–',
  ];
}

function stateOf(hash: string, reign: Reign | null): string {
  if (reign === null) return '';
  const partitions = reign.scoring.get(hash) ?? 0;
  const all = [...reign.scoring.values()].reduce((sum, count) => sum + count, 0);
  const scores = partitions === 0 ? '' : `scores in ${partitions} of ${all} partitions`;
  if (hash === reign.champion) return partitions === all ? 'champion' : `champion; ${scores || 'takes over'}`;
  if (scores !== '') return scores;
  const last = reign.promotions.findLast((one) => one.insteadOf === hash);
  return last ? `champion until ${day(last.at)}` : '';
}

/** Both on the same rows, and the verdict. `keepsMemory`: what the champion remembers of customers stays good for the candidate. */
export function contestText(
  hashes: { readonly champion: string; readonly candidate: string },
  of: Contest,
  keepsMemory: boolean,
): string {
  const { champion, candidate, difference, segments } = of;
  const line = (name: string, hash: string, { auc, logloss, ece }: Contest['champion']) =>
    `  ${name.padEnd(10)} ${short(hash)}  AUC ${auc.toFixed(4)}  log-loss ${logloss.toFixed(4)}  ECE ${ece.toFixed(4)}`;
  const interval = ({ value, low, high }: Contest['difference']['auc']) =>
    `${signed(value)} [${signed(low, 3)}, ${signed(high, 3)}]`;
  return [
    `${of.rows} customers at ${of.cutoffs.map(day).join(' and ')}, ${(100 * of.baseRate).toFixed(1)} % churned:`,
    ...contactedLines(of),
    line('champion', hashes.champion, champion),
    line('candidate', hashes.candidate, candidate),
    `Candidate minus champion, paired: AUC ${interval(difference.auc)}, log-loss ${interval(difference.logloss)}, ` +
      `ECE ${interval(difference.ece)}.`,
    ...segments.map(
      ({ name, rows, auc }) => `  segment "${name}" (${rows}): ${auc ? `AUC ${interval(auc)}` : 'too few to tell'}`,
    ),
    keepsMemory
      ? 'Each as if it had always scored; the candidate takes over what the champion remembers of customers.'
      : 'Each as if it had always scored. One that takes over reads the last 32 steps of each customer anew, at their next event.',
    of.objection === null ? 'The candidate may take over.' : `The candidate may not take over. ${of.objection}`,
  ].join('\n');
}

/** Of customers who do not count, if there are any. */
export function contactedLines({ contacted, unrepresented }: Pick<Contest, 'contacted' | 'unrepresented'>): string[] {
  if (contacted === 0) return [];
  const alone =
    unrepresented === 0
      ? 'those who were held out stand for them, too'
      : `for ${unrepresented} of them nobody was held out, or hardly anybody, so what they would have done is not known`;
  return [`${contacted} more were to be contacted before it was known whether they buy: they do not count; ${alone}.`];
}

/** Two releases of one network. */
export const sameNetworkText = ({ thresholds: old }: Artifact, { thresholds: next }: Artifact): string =>
  `The same network with other thresholds: high ${old.high} → ${next.high}, medium ${old.medium} → ${next.medium}. Nothing to compare.`;

/** `isRunning`: the services are there. */
export const takenOverText = (hash: string, isRunning: boolean): string =>
  `${short(hash)} is champion from here on: ${isRunning ? 'scoring takes it up within seconds' : 'scoring takes it up when Holdfast is started'}. ` +
  'Risks and tiers change with each customer’s next event.';
