// The command as a process, on customers whose risk rises with their silence.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeArtifact, isSameNetwork } from '@holdfast/model';

import { artifact, historyText, shelve } from '../releases/shelf.fixture.js';

const call = promisify(execFile);
const main = join(import.meta.dirname, '../../dist/thresholds/main.js');
// Risk after t days of silence, of a horizon of 14: .12 at once, .4 after 5, .7 after 9, .9 after 13.
const release = artifact(-2, 0.3 * 14);
let folder: string;
let models: string;
let hash: string;

async function command(...args: string[]) {
  const places = ['--data', join(folder, 'history.csv'), '--models', models];
  return call(process.execPath, [main, ...args, ...places]).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
}
/** Cells of the line that begins so. */
const line = (stdout: string, start: string): string[] =>
  stdout
    .split('\n')
    .find((one) => one.startsWith(start))
    ?.split(/ {2,}/) ?? [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-thresholds-'));
  models = join(folder, 'models');
  await mkdir(models);
  await writeFile(join(folder, 'history.csv'), historyText());
  hash = await shelve(models, release);
  await writeFile(join(models, 'champion'), `${hash}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run thresholds', () => {
  it('says what other thresholds would have done to the past', async () => {
    const { stdout, stderr } = await command(hash, '--what-if', 'high=.8', '--capacity', '60', '--profit', '100,1,.1');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^2024-04-01 to 2024-04-15, the newest past .*; \d+ customers at risk:$/m);
    const [now, later] = [line(stdout, 'high, now'), line(stdout, 'high, what if')];
    expect(now[1]).toBe('0.700');
    expect(later[1]).toBe('0.800');
    for (const [, , alerts, , right, silent] of [now, later]) {
      expect(Number(alerts)).toBeGreaterThan(2);
      expect([right, silent]).toEqual(['100.0 %', '100.0 %']);
    }
    expect(Number(now[6])).toBeGreaterThan(Number(later[6]));
    expect(Number(now[7])).toBe(9 * Number(now[2]));
    expect(line(stdout, 'medium, now')[1]).toBe('0.400');
    expect(line(stdout, 'high, at most 60 per 1,000 a week')).toHaveLength(8);
    expect(await readdir(models)).toHaveLength(2);
  });

  it('writes them as a release of the same network, beside what they would have meant', async () => {
    const { stdout } = await command(hash.slice(0, 8), '--what-if', 'high=.65', '--write');
    const written = /promote ([0-9a-f]{12})/.exec(stdout)![1]!;
    const names = await readdir(models);
    const file = names.find((name) => name.startsWith(written) && name.endsWith('.json'))!;
    const after = decodeArtifact(await readFile(join(models, file)));
    expect(after.thresholds).toEqual({ medium: 0.4, high: 0.65 });
    expect(isSameNetwork(after, release)).toBe(true);
    const report = await readFile(join(models, file.replace('.json', '.report.md')), 'utf8');
    expect(report).toContain(`The network of release \`${hash}\``);
    expect(report).toContain('| high | 0.65 | 0.7 |');
    expect(await readFile(join(models, 'champion'), 'utf8')).toBe(`${hash}\n`);
  });

  it.each([
    [['--what-if', 'high=.9'], 'A threshold moves by at most 0.1 a release, so that alerts do not jump: high from 0.7'],
    [['--precision', '.999'], 'No threshold is right 99.9 % of the time: there is nothing to write.'],
  ])('writes nothing for %j, and says why', async (args, sentence) => {
    const before = await readdir(models);
    expect((await command(hash, ...args, '--write')).stderr).toContain(sentence);
    expect(await readdir(models)).toEqual(before);
  });

  it('refuses a past that is too short', async () => {
    const longer = await shelve(models, { ...release, horizonDays: 80, activeDays: 160 });
    expect((await command(longer, '--precision', '.7')).stderr).toContain('the data must go on for 160 days at least');
  });
});
