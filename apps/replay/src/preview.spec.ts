import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDataset } from '@holdfast/datasets';

import { previewDataset, previewText } from './preview.js';
import { surveyDataset, weekShift } from './survey.js';

const CSV = `customer_id,occurred_at,type,order_id,amount,currency,sku,quantity,category,discount
ann,2024-01-01T10:00:00Z,view,,,,mug,,kitchen,
ann,2024-01-01T10:05:00Z,purchase,o1,19.99,GBP,mug,1,kitchen,
,2024-01-02T10:00:00Z,purchase,o2,5,GBP,mug,1,kitchen,
ben,yesterday,view,,,,mug,,kitchen,
ben,2024-02-03T09:00:00Z,view,,,,cup,,kitchen,
`;

describe('a look at a data set', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-preview-'));
    file = join(folder, 'shop.csv');
    await writeFile(file, CSV);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('shows what it becomes, and each bad line with its place and reason', async () => {
    const preview = await previewDataset(await openDataset(file));
    expect(preview).toMatchObject({ events: 3, customers: 2, firstAt: Date.parse('2024-01-01T10:00:00Z') });
    expect(preview.types.map(({ type, count, line }) => [type, count, line])).toEqual([
      ['view', 2, 2],
      ['purchase', 1, 3],
    ]);
    expect(preview.bad.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    const text = previewText(preview, Date.parse('2024-03-01T00:00:00Z'));
    expect(text).toContain('3 events of 2 customers');
    expect(text).toContain('move it by 3 weeks, so that it ends at 2024-02-24T09:00:00.000Z');
    expect(text).toMatch(/purchase: 1, the first from .*shop\.csv:3\n {2}\{.*"amountMinor":1999/);
    for (const line of [4, 5]) expect(text).toMatch(new RegExp(`shop\\.csv:${line} .+`));
  });

  it('finds a hash that depends on the content, and how long it is', async () => {
    const dataset = await openDataset(file);
    const survey = (await surveyDataset(dataset))!;
    expect(survey.lines).toBe(5);
    expect(await surveyDataset(dataset)).toEqual(survey);
    const other = join(folder, 'other.csv');
    await writeFile(other, CSV.replace('cup', 'jug').replace('ben,2024-02-03', 'ben,2024-02-04'));
    expect((await surveyDataset(await openDataset(other)))!.hash).not.toBe(survey.hash);
    await writeFile(other, CSV.split('\n')[0]!);
    expect(await surveyDataset(await openDataset(other))).toBeNull();
  });
});

describe('the shift of a replay', () => {
  const week = 7 * 86_400_000;
  it.each([
    [0, 10 * week, 10 * week],
    [0, 10 * week + 5, 10 * week],
    [week - 1, 10 * week, 9 * week],
    [5 * week + 3, 2 * week, -4 * week],
  ])('moves an end at %d to within the seven days before %d by %d', (last, now, shift) => {
    expect(weekShift(last, now)).toBe(shift);
    expect(now - (last + shift)).toBeGreaterThanOrEqual(0);
    expect(now - (last + shift)).toBeLessThan(week);
  });
});
