// What upkeep sees in a log, and does to it.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeArtifact } from '@holdfast/model';

import { readReign, takeOver } from '../releases/champion.js';
import { draws, openTestPlace, released, scores, sends, type TestPlace } from '../releases/place.fixture.js';
import { artifact, shelve } from '../releases/shelf.fixture.js';
import { readShelf } from '../releases/shelf.js';
import { lookAfter } from './look-after.js';

const call = promisify(execFile);
const main = join(import.meta.dirname, '../../dist/upkeep/main.js');
const short = (hash: string) => hash.slice(0, 12);
let place: TestPlace;
let [bold, sober] = ['', ''];

/** What a round says, or the sentence by which it refuses. */
async function round(act = false, isRunning = false): Promise<string> {
  const { models, history: data } = place;
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const desk = { ...place, shelf: await readShelf(models), isRunning, servedFrom: models, say };
  await lookAfter({ data, layout: undefined, models, act, isShared: false }, desk).catch((error: unknown) => {
    say((error as Error).message);
  });
  return said.join('\n');
}

const promote = async (hash: string) => takeOver(place, { kind: 'promote', artifact: hash }, await readReign(place));

beforeAll(async () => {
  place = await openTestPlace();
  const other = artifact(-2.4); // of another network
  other.embedding.table.fill(0.1);
  [bold, sober] = await Promise.all([shelve(place.models, artifact(2, 1)), shelve(place.models, other)]);
});
afterAll(() => place?.remove());

describe('npm run upkeep', () => {
  it('says how far risks are off, and changes nothing', async () => {
    expect(await round()).toBe('Nothing has been scored here yet: start Holdfast once, then promote.');
    await scores(place, bold, '{0,1}');
    const said = await round();
    expect(said).toContain(`What release ${short(bold)} said, and what became of it:`);
    expect(said).toMatch(/^customers at risk on .* log-loss +above right +ECE +by chance +AUC$/m);
    expect(said).toMatch(/^2024-04-15 +\d+ +\d+\.\d % +\d+\.\d\d \[.+\] +\d\.\d{3} \[/m);
    expect(said).toMatch(/^Risks are \d\d\.\d points off on the average/m);
    expect(said).toMatch(/^With slope .* would have been better: log-loss −/m);
    expect(said).toMatch(/Nothing was changed: --act does it\.$/);
    expect(await released(place)).toEqual([]);
  });

  it('only makes a release where scoring would not find it', async () => {
    const said = await round(true, true);
    const [, made] = /^([0-9a-f]{12}) is in .+ Copy it into the SCORING_MODELS_DIR of all scoring processes/m.exec(
      said,
    )!;
    expect((await readdir(place.models)).some((name) => name.startsWith(made!))).toBe(true);
    expect(await released(place)).toEqual([]);
  });

  it('judges by who was left alone, and does nothing by itself where that tells nothing', async () => {
    const at = Date.UTC(2024, 3, 15);
    const every = (third: number) => Array.from({ length: 80 }, (_, i) => `c${3 * i + third}`);
    await draws(place, every(1), { playbook: 'check-in', arm: 'hold-out', propensity: 0.5, at });
    await draws(place, every(2), { playbook: 'check-in', arm: 'treatment', propensity: 0.5, at });
    expect(await round()).not.toContain('contacted'); // nothing has left
    await sends(place, at);
    const seeing = await round();
    expect(seeing).toMatch(/^80 more were to be contacted .* those who were held out stand for them, too\.$/m);
    expect(seeing).toMatch(/^2024-04-15 +1\d\d \(as good as 1\d\d\) /m);
    expect(seeing).toMatch(/^With slope .* would have been better: log-loss −/m);
    await place.database.query(`update decisions set propensity = 1 where arm = 'treatment'`);
    const blind = await round(true);
    expect(blind).toMatch(/^80 more were to be contacted .* for 80 of them nobody was held out/m);
    expect(blind).not.toMatch(/^Risks are/m);
    expect(blind).toMatch(/^Customers were contacted for whom nobody stands/m);
    expect(blind).not.toContain('would have been better');
    await place.database.query(`update decisions set shop = 'other'`);
    await place.database.query(`update messages set shop = 'other'`);
    const elsewhere = await round(true);
    expect(elsewhere).toMatch(/^Customers were contacted, but none of these data: they are of another shop/m);
    expect(elsewhere).toMatch(/Nothing was changed\.$/);
    expect(await released(place)).toEqual([]);
    await place.database.query('delete from decisions');
    await place.database.query('delete from messages');
  });

  it('calibrates anew, in a release that says why', async () => {
    const said = await round(true);
    const [hash] = await released(place);
    expect(said).toMatch(new RegExp(`${short(hash!)} is champion from here on`));
    const mended = decodeArtifact(await readFile(join(place.models, `${hash}.json`)));
    expect(mended.calibration.slope * mended.output.bias).toBeLessThan(1.5);
    expect(mended.metrics).toMatchObject({ upkeepOf: bold });
    const report = await readFile(join(place.models, `${hash}.report.md`), 'utf8');
    expect(report).toContain(`The network of release \`${bold}\`, mended by \`npm run upkeep\` on 20`);
    expect(report).toContain('Risks are');
  });

  it('goes back to the release before, when that would have been better since', async () => {
    await promote(sober);
    await promote(bold);
    // As if it had been promoted before the last cohort.
    await place.database.query('update promotions set at = $1 where id = (select max(id) from promotions)', [
      Date.UTC(2024, 3, 1),
    ]);
    // And cut short: whoever may act finishes it.
    await place.database.query('update promotions set is_written = false where id = (select max(id) from promotions)');
    expect(await round()).toMatch(/^A promotion was cut short/);
    const said = await round(true);
    expect(said).toMatch(/^The release before would have been better since the promotion: log-loss −/m);
    expect(said).toContain(`${short(sober)} is champion from here on`);
    const { champion, promotions } = await readReign(place);
    expect(champion).toBe(sober);
    expect(promotions.at(-1)).toMatchObject({ kind: 'rollback', artifact: sober, isWritten: true });
  });

  it('is a process', async () => {
    await place.release();
    const { KAFKA_BROKERS: _, ...rest } = process.env;
    const env = { ...rest, SCORING_MODELS_DIR: place.models };
    const run = (...args: string[]) =>
      call(process.execPath, [main, ...args], { env }).catch(
        (error: unknown) => error as { stdout: string; stderr: string },
      );
    const before = await readdir(place.models);
    const { stdout, stderr } = await run('--data', place.history, '--data-dir', place.folder);
    expect(stderr).toBe('');
    expect(stdout).toContain(`What release ${short(sober)} said`);
    expect(await readdir(place.models)).toEqual(before);
    expect((await run('--help')).stdout).toContain('npm run upkeep -- --act');
    expect((await run('--ackt')).stderr).toBe("Unknown option '--ackt'. `npm run upkeep -- --help` shows how.\n");
    expect((await run('--data-dir', join(place.folder, 'nowhere'))).stderr).toMatch(/^There is no log at /);
  });
});
