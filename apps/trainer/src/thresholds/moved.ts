// A release that moves thresholds: the same network, in bounded steps, with a report that says what was asked for and what it meant.
import { type Artifact } from '@holdfast/model';

import { objectionToMove } from '../releases/moves.js';
import { ReleaseRefused } from '../releases/refusal.js';
import { short } from '../releases/texts.js';
import { NOW, type Trial } from './trials.js';

/** With the thresholds that were found. Throws {@link ReleaseRefused} when they cannot be served, or lie too far away. */
export function moved(artifact: Artifact, trials: readonly Trial[], from: string): Artifact {
  const thresholds = { ...artifact.thresholds };
  for (const { tier, name, tried } of trials) {
    if (name === NOW) continue;
    if (tried === null) throw new ReleaseRefused(`No threshold is ${name}: there is nothing to write.`);
    thresholds[tier] = Math.round(tried.risk * 1e5) / 1e5;
  }
  const after = { ...artifact, thresholds, metrics: { ...artifact.metrics, thresholdsOf: from } };
  const objection = objectionToMove(artifact, after);
  if (objection !== null) throw new ReleaseRefused(objection);
  const { medium, high } = artifact.thresholds;
  if (medium === thresholds.medium && high === thresholds.high)
    throw new ReleaseRefused('These are the thresholds that the release has already: there is nothing to write.');
  return after;
}

/** Markdown, to lie beside the release. `table`: what it meant on the past. */
export const movedReport = (
  { before, after, hash }: { readonly before: Artifact; readonly after: Artifact; readonly hash: string },
  {
    from,
    at,
    table,
    data,
  }: { readonly from: string; readonly at: string; readonly table: string; readonly data: string },
): string => `# Model release ${short(hash)}

The network of release \`${from}\`, with other thresholds, made on ${at}:

| tier | from risk | before |
| --- | --- | --- |
| high | ${after.thresholds.high} | ${before.thresholds.high} |
| medium | ${after.thresholds.medium} | ${before.thresholds.medium} |

What it would have meant (${data}):

\`\`\`
${table}
\`\`\`

How good the network is stands in the report of \`${from}\`.
`;
