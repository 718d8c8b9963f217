// The command as people call it, on a small made-up shop.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { madeUpShop } from '../made-up-shop.fixture.js';
// eslint-disable-next-line @nx/enforce-module-boundaries -- tools belong to no project
import { launchChromium, whyNoChromium } from '../../../../tools/chromium.mjs';

const noBrowser = process.env['CI'] === 'true' ? null : whyNoChromium();
const main = join(import.meta.dirname, '../../dist/evaluate/main.js');
const call = promisify(execFile);

let folder: string;
let shop: string;
/** Of the first test. */
let html: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  shop = join(folder, 'shop.csv');
  await writeFile(shop, madeUpShop(300));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SPLIT = [
  ...['--horizon-days', '14', '--train', '2024-02-01,2024-02-15,2024-03-01'],
  ...['--validate', '2024-04-01', '--test', '2024-04-20,2024-05-10'],
];
const arguments_ = (...more: string[]) => [main, '--data', shop, ...SPLIT, ...more];
const failure = (...args: string[]): Promise<string> =>
  call(process.execPath, args).then(
    () => 'nothing failed',
    ({ stderr, code }: { stderr: string; code: number }) => `${code}: ${stderr.trim()}`,
  );

interface Results {
  readonly datasets: Record<
    string,
    Record<string, Record<string, Record<string, { value: number; sdSeeds?: number }>>>
  >;
  readonly populations: Record<string, Record<string, { atRisk: number; role: string; sha256: string }>>;
}

describe('npm run evaluate', () => {
  it('compares all methods on the same customers, in the layout of the reference', async () => {
    const json = join(folder, 'results.json');
    html = join(folder, 'report.html');
    const keys = ['recency', 'lr_rfm', 'lr_all', 'svm', 'random_forest', 'lightgbm', 'bg_nbd'];
    const { stdout } = await call(
      process.execPath,
      arguments_('--seeds', '2', '--json', json, '--html', html, '--models', keys.join(',')),
    );
    expect(stdout).toContain('Test at 2024-04-20');
    expect(stdout).toContain('gradient boosting, seed 1');
    expect(stdout).toContain('Early warning: churners warned of before');
    const { datasets, populations } = JSON.parse(await readFile(json, 'utf8')) as Results;
    const test = datasets[shop]!['2024-05-10']!;
    expect(Object.keys(test).sort()).toEqual([...keys, 'n', 'baseRate'].sort());
    for (const key of keys) {
      expect(test[key]!['auc']!.value).toBeGreaterThan(0.6);
      expect(test[key]!['logloss_cal']!.value).toBeLessThan(0.5);
    }
    expect(test['lightgbm']!['earlyA_share']!.value).toBeGreaterThan(0.3);
    expect(test['lightgbm']!['early_threshold']).toMatchObject({ targetPrecision: 0.7, reachedOnValidation: true });
    // Whose rhythm was broken is not told by recency alone.
    expect(test['lightgbm']!['auc']!.value).toBeGreaterThan(test['lr_rfm']!['auc']!.value + 0.1);
    expect(test['lightgbm']!['logloss']!.sdSeeds).toBeGreaterThan(0);
    const cutoffs = populations[shop]!;
    expect(Object.values(cutoffs).map(({ role }) => role)).toEqual(
      [...['train', 'train', 'train'], 'validation', ...['test', 'test']], // prettier-ignore
    );
    expect(await readdir(folder)).not.toContain('results.json.fits');
  });

  (noBrowser ? it.skip : it)('draws the curves of all methods in a page that needs nothing else', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
      const faults: string[] = [];
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('request', (request) => request.url().startsWith('file:') || faults.push(`asked ${request.url()}`));
      await page.goto(pathToFileURL(html).href);
      await page.waitForSelector('#precision-1 canvas');
      expect(await page.locator('figure canvas').count()).toBe(12);
      expect(await page.locator('#lift-0 .u-legend').innerText()).toContain('gradient boosting');
      expect(await page.locator('.key').first().innerText()).toMatch(
        /took for the riskiest, \d+ % left, against \d+ % of all/,
      );
      expect(await page.locator('tbody tr').filter({ hasText: 'BG/NBD' }).count()).toBeGreaterThanOrEqual(2);
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('has networks among them, one of them taught, and a fusion with its members', async () => {
    const [json, small] = [join(folder, 'served.json'), join(folder, 'small.csv')];
    await writeFile(small, madeUpShop(120));
    const html = join(folder, 'served.html');
    const wishes = ['--data', small, '--seeds', '1', '--models', 'wide,fusion,served', '--json', json, '--html', html];
    const { stdout } = await call(process.execPath, [main, ...SPLIT, ...wishes]);
    expect(stdout).toMatch(/^stack of boosting, regression, LSTM .{6} +0\.\d+ .*– +–$/m);
    const { datasets } = JSON.parse(await readFile(json, 'utf8')) as Results;
    const { lr_all: regression, ...others } = datasets[small]!['2024-05-10']!;
    for (const key of ['wide', 'lightgbm', 'lstm_wide', 'fusion', 'served'])
      expect(others[key]!['auc']!.value).toBeGreaterThan(regression!['auc']!.value - 0.15);
    expect(datasets[small]!['meta']!['chosen']).toMatchObject({ 'served/0': { teacher: 'mean_logit' } });
    expect(stdout).toMatch(/^slope and half of the level \(served\) +0\.\d{4} +0\.\d{4}$/m);
    expect(stdout).toMatch(/^slope and level \(Platt\) +0\.\d{4} +[+−]0\.\d{4} \[/m);
    expect(others['served']).toMatchObject({ calibrations: { beta: { difference: { ece: {} } } } });
    expect(await readFile(html, 'utf8')).toContain('Would other calibrations have been better?');
  });

  it('gives the same figures when it was interrupted and goes on', async () => {
    const [whole, parts] = [join(folder, 'whole.json'), join(folder, 'parts.json')];
    const some = ['--seeds', '1', '--models', 'recency,lr_rfm,random_forest,bg_nbd', '--workers', '1'];
    await call(process.execPath, arguments_(...some, '--json', whole));
    const child = spawn(process.execPath, arguments_(...some, '--json', parts));
    child.stdout.on('data', (text: Buffer) => {
      if (text.toString().includes('regression on RFM')) child.kill('SIGINT');
    });
    expect(await once(child, 'exit')).toEqual([130, null]);
    const [made] = await readdir(`${parts}.fits`);
    expect((await readdir(join(`${parts}.fits`, made!))).length).toBeGreaterThanOrEqual(2);
    // Another evaluation into the same file leaves them alone.
    await call(process.execPath, arguments_('--models', 'recency', '--active-days', '20', '--json', parts));
    const { stdout } = await call(process.execPath, arguments_(...some, '--json', parts));
    expect(stdout).toContain('fits are there from an earlier run');
    const figures = async (path: string) => {
      const { datasets } = JSON.parse(await readFile(path, 'utf8')) as Results;
      const { meta: _, ...tests } = datasets[shop]!;
      return tests;
    };
    expect(await figures(parts)).toEqual(await figures(whole));
  });

  it.each([
    [['--train', '2024-03-25'], 'less than 14 days before validation (2024-04-01)'],
    [['--validate', '2024-04-10'], 'less than 14 days before the first test (2024-04-20)'],
    [['--test', '2024-06-10'], 'less than 14 days before the end of the data'],
    [['--train', 'March'], '--train must be dates like 2011-06-01'],
    [['--validate', '2024-04-01,2024-04-02'], '--validate takes one date.'],
    [['--test', '2024-05-10,2024-05-10'], '--test names 2024-05-10 twice.'],
    [['--train', '2024-02-31'], '--train names 2024-02-31, a day or an hour that there is not'],
    [['--target', 'message-opened'], '--target must be one of view,'],
    [['--train', '2024-03-01', '--models', 'wide'], 'name two or more in --train'],
    [['--models', 'oracle'], 'There is no model "oracle"; there are recency,'],
    [['--target', 'visit'], '--target must be one of view,'],
    [['--min-purchases', '500'], 'There are 0 customers at risk for training; at least 20 are needed.'],
    [['--horizon-days', '200'], 'less than 200 days before'],
    [['--what'], "Unknown option '--what'"],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const said = await failure(...arguments_(...args));
    expect(said).toMatch(/^1: /);
    expect(said).toContain(sentence);
  });

  it('explains itself', async () => {
    const { stdout } = await call(process.execPath, [main, '--help']);
    expect(stdout).toContain('--validate DATE');
  });
});
