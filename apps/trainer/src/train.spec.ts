// The command from end to end, on a small made-up shop and the WASM backend.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { decodeArtifact } from '@holdfast/model';

import { readOptions } from './options.js';
import { train } from './train.js';

const repository = join(import.meta.dirname, '..', '..', '..');
const expected = { featureSet: FEATURE_SET_HASH, stepSize: STEP_SIZE, wideSize: WIDE_SIZE };
const settings = { TRAINER_BACKEND: 'wasm', KAFKA_BROKERS: '' } as const;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'train-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** 80 customers over 120 days; every other one stops some day. */
function history(): string {
  const rows = ['customer_id,occurred_at,type,order_id,amount,currency'];
  for (let i = 0; i < 80; i++) {
    const last = i % 2 === 0 ? 30 + i : 120;
    for (let day = i % 9, n = 0; day < last; day += 4 + ((i * 7 + n * 3) % 11), n++) {
      const at = new Date(Date.UTC(2024, 0, 1 + day, 9 + (i % 8), n % 60)).toISOString();
      rows.push(`c${i},${at},purchase,${i}-${n},${10 + ((i + n) % 40)}.50,EUR`);
    }
  }
  return rows.join('\n');
}

describe('npm run train', () => {
  it('writes a release named by its hash, its report, and the champion; the same seed gives the same bytes', async () => {
    const file = join(folder, 'shop.csv');
    await writeFile(file, `${history()}\nc1,never,purchase,,,\n`);
    const said: string[] = [];
    const wishes = ['--no-prior', '--no-teacher', '--epochs', '1', '--horizon-days', '14'];
    const run = (out: string) =>
      train(readOptions([...wishes, '--data', file, '--out', join(folder, out)], repository), {
        settings,
        signal: new AbortController().signal,
        say: (line) => void said.push(line),
      });
    const hash = await run('a');
    expect((await readdir(join(folder, 'a'))).sort()).toEqual([`${hash}.json`, `${hash}.report.md`, 'champion'].sort());
    const bytes = await readFile(join(folder, 'a', `${hash}.json`));
    expect(sha256(bytes)).toBe(hash);
    expect(await readFile(join(folder, 'a', 'champion'), 'utf8')).toBe(`${hash}\n`);
    expect(decodeArtifact(bytes, expected)).toMatchObject({ horizonDays: 14, activeDays: 28, seed: 1 });
    expect(said.join('\n')).toContain('1 lines passed over: bad-time.');
    expect(await run('b')).toBe(hash);
  });

  it('serves a shop that is too young by what is true of shops, and says that this only ranks', async () => {
    const file = join(folder, 'young.csv');
    const [head, ...rows] = history().split('\n');
    await writeFile(file, [head, ...rows.filter((row) => row.includes(',2024-01-'))].join('\n'));
    const run = (...wishes: string[]) => {
      const said: string[] = [];
      const options = readOptions([...wishes, '--data', file, '--out', join(folder, 'young')], repository);
      return train(options, {
        settings,
        signal: new AbortController().signal,
        say: (line) => void said.push(line),
      }).then((hash) => ({ hash, said: said.join('\n') }));
    };
    await expect(run('--no-prior')).rejects.toThrow(/^The data span \d+ days; training needs at least 56/);
    const { hash, said } = await run();
    expect(said).toContain('numbers are\nno probabilities');
    expect(said).toContain('The data span');
    const artifact = decodeArtifact(await readFile(join(folder, 'young', `${hash}.json`)), expected);
    expect(artifact).toMatchObject({ ranksOnly: true, horizonDays: 90, activeDays: 180 });
    expect(await readFile(join(folder, 'young', 'champion'), 'utf8')).toBe(`${hash}\n`);
    // Who reigns stays, and what could be learnt from with other wishes is refused as before.
    await writeFile(join(folder, 'young', 'champion'), `${'ab'.repeat(32)}\n`);
    await run('--horizon-days', '30');
    expect(await readFile(join(folder, 'young', 'champion'), 'utf8')).toBe(`${'ab'.repeat(32)}\n`);
    await writeFile(file, history());
    await expect(run('--horizon-days', '90')).rejects.toThrow('a horizon of 90 days needs at least 360');
  });

  it('made the shipped release: whole, named by its hash, and for the features of this build', async () => {
    const models = join(repository, 'models');
    const hash = (await readFile(join(models, 'champion'), 'utf8')).trim();
    const bytes = await readFile(join(models, `${hash}.json`));
    expect(sha256(bytes)).toBe(hash);
    expect(decodeArtifact(bytes, expected)).toMatchObject({ horizonDays: 90, activeDays: 180, seed: 1 });
    expect(await readFile(join(models, `${hash}.report.md`), 'utf8')).toContain(hash);
  });
});
