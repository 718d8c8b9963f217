// A release that moves thresholds: the same network, in bounded steps, with a report that says what was asked for and what it meant.
import { type Artifact } from '@holdfast/model';

import { ReleaseRefused } from '../releases/shelf.js';
import { type Trial } from './trials.js';

/** Alerts must not jump from one day to the next. */
const MOST = 0.1;

/** With the thresholds that were found. Throws {@link ReleaseRefused} when they cannot be served, or lie too far away. */
export function moved(artifact: Artifact, trials: readonly Trial[], from: string): Artifact {
  const asked = trials.filter(({ name }) => name !== 'now');
  const thresholds = { ...artifact.thresholds };
  for (const { tier, name, tried } of asked) {
    if (tried === null) throw new ReleaseRefused(`No threshold is ${name}: there is nothing to write.`);
    const [now, next] = [artifact.thresholds[tier], Math.round(tried.risk * 1e5) / 1e5];
    if (Math.abs(next - now) > MOST + 1e-9)
      throw new ReleaseRefused(
        `A threshold moves by at most ${MOST} a release, so that alerts do not jump: ${tier} from ${now} to ` +
          `${Math.max(0, now - MOST).toFixed(3)} … ${Math.min(1, now + MOST).toFixed(3)}, not to ${next}.`,
      );
    thresholds[tier] = next;
  }
  const { medium, high } = thresholds;
  if (medium >= high - artifact.hysteresis)
    throw new ReleaseRefused(
      `medium must begin more than ${artifact.hysteresis} below high, so that a customer can leave high for medium: ` +
        `${medium} and ${high} do not.`,
    );
  if (medium === artifact.thresholds.medium && high === artifact.thresholds.high)
    throw new ReleaseRefused('These are the thresholds that the release has already: there is nothing to write.');
  return { ...artifact, thresholds, metrics: { ...artifact.metrics, thresholdsOf: from } };
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
): string => `# Model release ${hash.slice(0, 12)}

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
