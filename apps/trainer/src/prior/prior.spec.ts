// The command as people call it, on small made-up shops.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { madeUpShop } from '../made-up-shop.fixture.js';
import { type CurveRow } from './learning-curve.js';

const call = promisify(execFile);
const dist = join(import.meta.dirname, '..', '..', 'dist');
const run = (...args: string[]) => call(process.execPath, [join(dist, 'prior', 'main.js'), ...args]);
const failure = (...args: string[]): Promise<string> =>
  run(...args).then(
    () => 'nothing failed',
    ({ stderr, code }: { stderr: string; code: number }) => `${code}: ${stderr.trim()}`,
  );

let folder: string;
let shops: string;
const plan = (name: string, data: string) => ({
  ...{ name, data, horizonDays: 14, activeDays: 28 },
  train: ['2024-02-01', '2024-02-15', '2024-03-01'],
  validate: '2024-04-01',
  test: ['2024-04-20', '2024-05-10'],
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prior-'));
  for (const [name, seed] of [
    ['a', 7],
    ['b', 8],
    ['c', 9],
  ] as const)
    // prettier-ignore
    await writeFile(join(folder, `${name}.csv`), madeUpShop(150, seed));
  shops = join(folder, 'shops.json');
  await writeFile(shops, JSON.stringify([plan('A', 'a.csv'), plan('B', 'b.csv')]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LEARN = ['--epochs', '2', '--no-teacher'];

describe('npm run prior', () => {
  it('learns from several shops, and serves another one that has few customers', async () => {
    const out = join(folder, 'models');
    const { stdout } = await run('--shops', shops, ...LEARN, '--out', out);
    expect(stdout).toContain(`The prior of A, B is in ${join(out, 'prior.json')}.`);
    const train = (...more: string[]) =>
      call(process.execPath, [
        ...[join(dist, 'main.js'), '--data', join(folder, 'c.csv'), '--horizon-days', '14'],
        ...['--epochs', '1', '--no-teacher', '--out', out, '--prior', join(out, 'prior.json'), ...more],
      ]);
    const { stdout: report } = await train();
    expect(report).toContain('too few for a network of their own');
    const [, customers, ofPrior, ofShop] =
      /trained on \| (\d+) customers.*of A, B.*\(weight (\S+)\).*\(weight (\S+)\)/s.exec(report)!;
    expect(Number(customers)).toBeGreaterThan(80);
    expect(Number(ofShop)).toBeCloseTo(Number(customers) / (Number(customers) + 100), 2);
    expect(Number(ofPrior) + Number(ofShop)).toBeCloseTo(1, 9);
    expect(report).not.toContain('these figures are not clean');
    expect((await train('--no-prior')).stdout).toContain('nobody: it learnt from labels alone');
  });

  it('shows what a prior is worth, shop by shop, and goes on where it was interrupted', async () => {
    const json = join(folder, 'curve.json');
    const ask = (sizes: string) =>
      run('--curve', '--shops', shops, ...LEARN, '--sizes', sizes, '--draws', '1', '--json', json);
    const { stdout } = await ask('40');
    expect(stdout).toContain('A, AUC on later customers');
    expect(stdout).toContain('prior and own customers');
    const rowsNow = async () => (JSON.parse(await readFile(json, 'utf8')) as { rows: CurveRow[] }).rows;
    const first = await rowsNow();
    const cold = first.filter(({ learner }) => learner === 'cold_start');
    expect(cold.map(({ shop }) => shop)).toEqual(['A', 'B']);
    for (const { tests } of cold) for (const { auc } of tests!) expect(auc).toBeGreaterThan(0.6);
    const again = await ask('40,5000');
    expect(again.stdout).not.toContain('40 customers, draw');
    expect((await rowsNow()).slice(0, first.length)).toEqual(first);
    expect(again.stdout).toContain('5000 customers, draw 1 of 1, prior alone: too few');
    expect(await failure('--curve', '--shops', shops, '--seed', '2', '--json', json)).toBe(
      `1: ${json} does not hold the beginning of this curve: name another file, or remove it.`,
    );
  });

  it('says what is wrong with a list of shops', async () => {
    const wrong = async (content: string) => {
      const file = join(folder, 'wrong.json');
      await writeFile(file, content);
      return failure('--shops', file);
    };
    expect(await wrong('[')).toMatch(/^1: .*wrong\.json cannot be read as JSON: /);
    expect(await wrong('[{"name": "A"}]')).toMatch(
      /is not a list of shops: \/0\/\w+ .*See data\/public-shops\.json\.$/,
    );
    expect(await wrong(JSON.stringify([plan('A', 'a.csv'), plan('A', 'b.csv')]))).toMatch(/names A twice\.$/);
    expect(await wrong(JSON.stringify([plan('A', 'none.csv')]))).toMatch(/^1: A: .*none\.csv/);
    const leap = { ...plan('A', 'a.csv'), validate: '2024-02-30' };
    expect(await wrong(JSON.stringify([leap]))).toMatch(/has a day 2024-02-30 that there is not\.$/);
    expect(await failure('--sizes', '50')).toBe('1: --sizes goes with --curve. See --help.');
  });
});
