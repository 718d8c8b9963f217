// Proof that events, histories and the definition of churn are those of the reference protocol: its populations, customer by customer
// and label by label, have the same SHA-256.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { openDataset } from '@holdfast/datasets';
import { atRiskAt, type Definition, type History, populationText } from '@holdfast/training';

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

const check = async (name: string, definition: Definition, expected: readonly (readonly [string, string])[]) => {
  const histories = await read(name);
  expect(expected.map(([at]) => [at, hashAt(histories, at, definition)])).toEqual(expected);
};

describe('the populations of the reference protocol', () => {
  it('are those of the shipped data set', async () => {
    await check('online-retail-ii', online, present ? populationsOf('online_retail_ii') : SHIPPED);
  });

  (present ? it : it.skip).each([
    ['cdnow', join(shared, 'data/cdnow/CDNOW_master.txt.gz'), online],
    ['complete_journey', join(shared, 'data/complete_journey'), { horizonDays: 30, activeDays: 60 }],
    ['google_merchandise_ga4', join(shared, 'data/google_merchandise_ga4'), { horizonDays: 14, activeDays: 28 }],
    ['taobao_userbehavior', join(shared, 'data/taobao_userbehavior'), { horizonDays: 2, activeDays: 4 }],
  ])('are those of %s at every cut-off', async (set, name, definition) => {
    await check(name, definition, populationsOf(set));
  });
});
