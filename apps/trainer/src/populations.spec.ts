// Proof that events, histories and the definition of churn are those of the reference protocol: its populations, customer by customer
// and label by label, have the same SHA-256, and a rule without parameters is as early.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { openDataset } from '@holdfast/datasets';
import { sigmoid } from '@holdfast/model';
import {
  atRiskAt,
  churnTask,
  crowdsOf,
  type Definition,
  earliness,
  type History,
  logitsOnGrids,
  MODELS,
  onlineRetailSplit,
  populationText,
  slicesOf,
} from '@holdfast/training';

import { earlyFigures } from './evaluate/early.js';
import { aimedAt } from './evaluate/prepare-task.js';
import { readHistory } from './read-history.js';

const shared = join(import.meta.dirname, '../../../../shared');
const reference = join(shared, 'reference/populations.json');
const present = existsSync(reference);
if (!present) console.warn(`SKIPPED: the reference populations are not at ${reference}`);

const read = async (name: string): Promise<readonly History[]> => {
  const dataset = await openDataset(name);
  return (await readHistory(name, aimedAt(dataset.target, dataset.events()))).histories;
};

const hashAt = (histories: readonly History[], at: string, definition: Definition): string =>
  createHash('sha256')
    .update(populationText(atRiskAt(histories, Date.parse(at.includes('T') ? `${at}Z` : at), definition)))
    .digest('hex');

const online: Definition = { horizonDays: 90, activeDays: 180 };

/** Of the shipped data set, so that it is checked where the reference is absent, too. */
const SHIPPED = [
  ['2011-03-01', '8ddefa745a2f43894000eeaa99bb94030b795167853884b25d776f56c35bc8d9'],
  ['2011-06-01', '3b9f274268f69a2e81526a6efd965080da8bc1cecfae9b4bd321c030fca8c8a6'],
  ['2011-09-01', 'cd84f82f2aa89053d0101218c7dfcc534470ec12da64a0402ef369bc1ca6c07e'],
] as const;

function populationsOf(set: string): (readonly [at: string, hash: string])[] {
  const { populations } = JSON.parse(readFileSync(reference, 'utf8')) as {
    populations: Record<string, Record<string, { sha256: string }>>;
  };
  return Object.entries(populations[set]!).map(([at, { sha256 }]) => [at, sha256] as const);
}

const check = (
  histories: readonly History[],
  definition: Definition,
  expected: readonly (readonly [string, string])[],
) => {
  expect(expected.map(([at]) => [at, hashAt(histories, at, definition)])).toEqual(expected);
};

let shipped: Promise<readonly History[]>;
beforeAll(() => void (shipped = read('online-retail-ii')));

describe('the earliness of the reference protocol', () => {
  it('is that of the recency rule on the shipped data set, figure by figure', async () => {
    const task = churnTask(await shipped, online, onlineRetailSplit());
    const recency = await MODELS.find(({ key }) => key === 'recency')!.fit(task, 0);
    const { population } = task.validation;
    const snapshot = { population, p: recency.logits(task.validation).map(sigmoid) };
    const grids = slicesOf(logitsOnGrids(recency, task), crowdsOf(task));
    const [first] = earliness(snapshot, grids, { horizonDays: 90, end: Date.UTC(2011, 11, 9, 12, 50) });
    expect(earlyFigures(first!)).toMatchObject({
      early_threshold: { value: 0.45187, targetPrecision: 0.7, reachedOnValidation: true },
      early_churners: { value: 877 },
      early_share: { value: 1, lo: 1, hi: 1 },
      early_median_lead_days: { value: 13.55347 },
      early_alerts_per_1000_week: { value: 36.329 },
      early_backlog_per_1000: { value: 350.68 },
      early_precision_new_alerts: { n: 1204, value: 0.5183 },
      earlyA_threshold: { value: 0.46299, targetPrecision: 0.7, reachedOnValidation: true },
      earlyA_median_lead_days: { value: 7.72361 },
      earlyA_alerts_per_1000_week: { value: 34.066 },
      earlyA_backlog_per_1000: { value: 326.32 },
      earlyA_precision_new_alerts: { n: 1129, value: 0.5474 },
    });
  });
});

describe('the populations of the reference protocol', () => {
  it('are those of the shipped data set', async () => {
    check(await shipped, online, present ? populationsOf('online_retail_ii') : SHIPPED);
  });

  (present ? it : it.skip).each([
    ['cdnow', join(shared, 'data/cdnow/CDNOW_master.txt.gz'), online],
    ['complete_journey', join(shared, 'data/complete_journey'), { horizonDays: 30, activeDays: 60 }],
    ['google_merchandise_ga4', join(shared, 'data/google_merchandise_ga4'), { horizonDays: 14, activeDays: 28 }],
    ['taobao_userbehavior', join(shared, 'data/taobao_userbehavior'), { horizonDays: 2, activeDays: 4 }],
  ])('are those of %s at every cut-off', async (set, name, definition) => {
    check(await read(name), definition, populationsOf(set));
  });
});
