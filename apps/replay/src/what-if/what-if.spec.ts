// The command on a real log of `npm start`, and what it must not do.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedBroker } from '@holdfast/broker';
import { encodeArtifact } from '@holdfast/model';
import { migrate, openDatabase, registerTopics, startEmbeddedPostgres } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, CUSTOMER_RISK, TOPICS } from '@holdfast/schemas';
import { openModels } from '@holdfast/tasks';
import { anyArtifact } from '@holdfast/tasks/fixtures';
import { LOG_IDS, loggedShop, publishedOf } from '@holdfast/tasks/logged-shop';

import { whatIf } from './run.js';

let directory: string;
let models: string;
let hashes: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-what-if-'));
  models = join(directory, 'models');
  await mkdir(models);
  hashes = await Promise.all([1, 2, 3].map(writeRelease));
  const broker = await openEmbeddedBroker({ directory: join(directory, 'log') });
  await broker.createTopics(TOPICS.map(({ name }) => ({ name, partitions: 1, retentionDays: null })));
  const producer = await broker.producer();
  await producer.append(BEHAVIOR_EVENTS.name, 0, loggedShop(hashes[0], hashes[1]));
  await producer.close();
  await broker.close();
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
  const database = await openDatabase(postgres.url);
  await migrate(database);
  await registerTopics(database, TOPICS.map(({ name }) => ({ name, logId: LOG_IDS.events, partitions: 1 }))); // prettier-ignore
  await database.close();
  await postgres.stop();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function writeRelease(seed: number): Promise<string> {
  const bytes = encodeArtifact(anyArtifact(seed));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(models, `${hash}.json`), bytes);
  return hash;
}

/** What the command says to a thresholds file; `more`: further arguments. */
async function told(thresholds: unknown, more: readonly string[] = []): Promise<string> {
  const file = join(directory, 'thresholds.json');
  await writeFile(file, typeof thresholds === 'string' ? thresholds : JSON.stringify(thresholds));
  const lines: string[] = [];
  const tell = { say: (text: string) => void lines.push(text), progress: () => undefined };
  const args = ['--what-if', file, '--models', models, '--data-dir', directory, ...more];
  await whatIf(args, tell, new AbortController().signal);
  return lines.join('\n');
}
const cellsOf = (text: string, name: string) =>
  text.split('\n').find((line) => line.startsWith(name))!.slice(name.length).trim().split(/\s+/).map(Number); // prettier-ignore

describe('what if', () => {
  it('finds the crossings of the log as scoring published them, and no difference where nothing is otherwise', async () => {
    const text = await told({});
    const published = publishedOf(loggedShop(hashes[0], hashes[1]), openModels(models)).risk;
    const events = published.flatMap(({ key, value }) => (key === null ? [] : [CUSTOMER_RISK.decode(value)]));
    for (const tier of ['high', 'medium']) {
      const crossed = events.filter(
        ({ type, data }) => type === 'churn.risk.crossed.v1' && 'tier' in data && data.tier.to === tier,
      );
      expect(crossed.length).toBeGreaterThan(0);
      expect(cellsOf(text, `crossings into ${tier}`)).toEqual([crossed.length, crossed.length]);
      expect(text).toMatch(
        new RegExp(`Into ${tier}: \\d+ at the same instant, 0 sooner, 0 later, 0 no more, 0 new\\.`),
      );
    }
    expect(text).toContain('Nothing was written.');
  });

  it('tells what lower thresholds would have brought, and sooner', async () => {
    const json = join(directory, 'differences.json');
    const { high } = anyArtifact(2).thresholds;
    const text = await told({ high: (high + anyArtifact(2).thresholds.medium) / 2 }, ['--json', json]);
    const [was, other] = cellsOf(text, 'crossings into high');
    expect(other).toBeGreaterThanOrEqual(was!);
    expect(text).toMatch(/Into high: .* [1-9]\d* sooner \(by \d+\.\d days, the median\), 0 later, 0 no more/);
    expect(text).toMatch(/Into medium: \d+ at the same instant, 0 sooner/);
    const { crossings } = JSON.parse(await readFile(json, 'utf8')) as {
      crossings: { was: string | null; whatIf: string | null }[];
    };
    expect(crossings.length).toBeGreaterThan(0);
    for (const { was: a, whatIf: b } of crossings) expect(a === null || (b !== null && b < a)).toBe(true);
  });

  it('judges by another release, tells of a period, and counts decisions', async () => {
    const text = await told({}, ['--model', hashes[2]!.slice(0, 8), '--from', '2024-03-01', '--until', '2024-06-01']);
    expect(text).toMatch(/^2024-03-01 to 2024-06-01; 11 events of 3 customers in the log/);
    for (const passedOver of cellsOf(text, '  passed over, by a rule')) expect(passedOver).toBeGreaterThan(0);
  });

  it('says how it is used, also where nothing stands behind it', async () => {
    const lines: string[] = [];
    const tell = { say: (text: string) => void lines.push(text), progress: () => undefined };
    await whatIf(['--what-if', '--help'], tell, new AbortController().signal);
    expect(lines.join('\n')).toContain('npm run replay -- --what-if thresholds.json');
  });

  it('says in a sentence what it cannot do', async () => {
    const sentences: readonly (readonly [unknown, readonly string[], RegExp])[] = [
      ['{', [], /is not JSON/],
      [{ hihg: 0.5 }, [], /must be like \{"medium": 0\.45/],
      [{ high: 1.5 }, [], /\/high/],
      [{ medium: 0.99, high: 0.5 }, [], /The medium tier would begin at 0\.99 and the high one at 0\.5: name both/],
      [{}, ['--model', 'ffff'], /No release in .* begins with ffff/],
      [{}, ['--form', '2025-01-01'], /'--form'.*`npm run replay -- --what-if --help` shows how/],
      [{}, ['--from', 'May'], /--from must be a date like 2025-03-01, not "May"/],
      [{}, ['--from', '2025-01-01', '--until', '2024-01-01'], /--from must be before --until/],
      [{}, ['shop.csv'], /--help/],
      [{}, ['--data-dir', join(directory, 'nowhere')], /There is no log at/],
    ];
    for (const [thresholds, more, sentence] of sentences)
      await expect(told(thresholds, more)).rejects.toThrow(sentence);
  });
});
