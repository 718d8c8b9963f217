// A shop that is too young to be learnt from gets a release that ranks.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Artifact } from '@holdfast/model';
import { firstDay, type FirstDay, type GivenPrior } from '@holdfast/training';

import { type ReadHistory } from './read-history.js';
import { makeChampion, writeArtifact } from './write-release.js';

/** Until the shop's own rhythm is known. */
const HORIZON_DAYS = 90;

/** What the release is made of. */
export interface FirstDayOptions {
  readonly prior: GivenPrior;
  readonly horizonDays: number | undefined;
  readonly out: string;
  /** Why nothing could be learnt. */
  readonly reason: string;
}

/** Writes the release, and makes it the one that a new installation serves where there is none yet; returns its hash. */
export async function writeFirstDay(
  { histories, facts }: ReadHistory,
  { prior, horizonDays = HORIZON_DAYS, out, reason }: FirstDayOptions,
): Promise<{ hash: string; report: string }> {
  const shop = { histories, until: facts.until, horizonDays, activeDays: 2 * horizonDays };
  const first = firstDay(prior.artifact, shop);
  const release: Artifact = { ...first.artifact, dataHash: facts.hash, metrics: { prior: prior.hash } };
  let report = '';
  const hash = await writeArtifact(release, out, (name) => (report = reportOf(name, first, { prior, reason })));
  const champion = await readFile(join(out, 'champion'), 'utf8').catch(() => '');
  if (champion.trim() === '') await makeChampion(hash, out);
  return { hash, report };
}

const reportOf = (
  hash: string,
  { artifact: { horizonDays, thresholds }, customers, tiersBy }: FirstDay,
  { prior, reason }: Pick<FirstDayOptions, 'prior' | 'reason'>,
): string => {
  const [high, medium] = [thresholds.high.toFixed(3), thresholds.medium.toFixed(3)];
  const tiers =
    tiersBy === 'customers'
      ? `of the days until they lapse, were all of them to stay silent from now on, a tenth is high (from ${high}), another fifth medium (from ${medium})`
      : `too few to tell tiers by, so high begins at ${high} and medium at ${medium}`;
  return `# Model release ${hash.slice(0, 12)}: ranks only

\`${hash}\`

${reason}

So the shop is served by what is true of shops: the prior \`${prior.hash.slice(0, 12)}\` of ${prior.shops.map(({ name }) => name).join(', ')}. **It orders customers by risk; its numbers are
no probabilities**, for no outcome in this shop is known yet, and risk events say so (\`ranksOnly\`).

Churn: no purchase within ${horizonDays} days. ${customers} customers are at risk now; ${tiers}.

A new installation serves it where its folder names no champion; a running one after \`npm run releases -- promote ${hash.slice(0, 8)} --anyway\`, for without outcomes nothing can be compared.
Train again when there are some: the first release that has learnt from them may take over.
`;
};
