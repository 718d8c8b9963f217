// What the command does to a folder as `npm start` keeps it.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readReign, takeOver } from './champion.js';
import { type CommandLine, readCommandLine } from './options.js';
import { compare, list, promote, rollback } from './run.js';
import { readShelf } from './shelf.js';
import { draws, openTestPlace, released, scores, sends, type TestPlace } from './place.fixture.js';
import { artifact, shelve } from './shelf.fixture.js';

const call = promisify(execFile);
const main = join(import.meta.dirname, '../../dist/releases/main.js');
let place: TestPlace;
let [bold, sober] = ['', ''];
const short = (hash: string) => hash.slice(0, 12);

/** What a command says, or the sentence by which it refuses. */
async function command(words: string, { servedFrom = place.models } = {}): Promise<string> {
  const { models, folder } = place;
  const asked = readCommandLine([...words.split(' '), '--models', models], folder) as CommandLine;
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const desk = { ...place, shelf: await readShelf(models), isRunning: false, servedFrom, say };
  const work = async () => {
    if (asked.command === 'list') await list(asked, desk);
    else if (asked.command === 'rollback') await rollback(asked, desk);
    else if (asked.command === 'compare') await compare(asked, desk);
    else if (asked.command === 'promote') await promote(asked, desk);
  };
  await work().catch((error: unknown) => said.push((error as Error).message));
  return said.join('\n');
}

/** The last one was killed before all its records were written. */
const cutShort = () =>
  place.database.query('update promotions set is_written = false where id = (select max(id) from promotions)');

beforeAll(async () => {
  place = await openTestPlace();
  // What churns at the cut-off is a share of customers that the sober one knows.
  [bold, sober] = await Promise.all([shelve(place.models, artifact(4)), shelve(place.models, artifact(-2.4))]);
});
afterAll(() => place?.remove());

describe('npm run releases', () => {
  it('names the releases that there are, those too that cannot be served', async () => {
    const broken = join(place.models, `${'0'.repeat(64)}.json`);
    await writeFile(broken, 'cut sh');
    const said = await command('list');
    await rm(broken);
    expect(said).toMatch(/^release +churn within +tested at +AUC +data$/m);
    expect(said).toMatch(/^0{12} +– +– +– +– +cannot be served: The file was changed/m);
    expect(said).toMatch(new RegExp(`^${short(bold)} +14 days +2024-03-16 +0.500 +dddddddd$`, 'm'));
    expect(await command(`promote ${sober}`)).toBe(
      'Nothing has been scored here yet: start Holdfast once, then promote.',
    );
  });

  it('lets a better one take over from a record in every partition, and the one before again', async () => {
    await scores(place, bold, '{0,1}');
    expect(await command('list')).toMatch(new RegExp(`^${short(bold)} .* champion$`, 'm'));
    const compared = await command(`compare ${sober.slice(0, 8)} --data ${place.history}`);
    expect(compared).toMatch(/^240 customers at 2024-03-16, \d+\.\d % churned:$/m);
    expect(compared).toMatch(/paired: AUC \+0\.0000 .* log-loss −\d\.\d+ \[−/);
    expect(compared).toContain('The candidate may take over.');
    expect(await released(place)).toEqual([]);
    expect(await command(`promote ${sober} --data ${place.history}`)).toContain('takes it up when Holdfast is started');
    expect(await released(place)).toEqual([sober]);
    const listed = await command('list');
    expect(listed).toMatch(new RegExp(`^${short(sober)} .* champion; takes over$`, 'm'));
    expect(listed).toMatch(new RegExp(`^${short(bold)} .* scores in 2 of 2 partitions$`, 'm'));
    expect(await command('rollback')).toContain(`${short(bold)} is champion from here on`);
    expect(await released(place)).toEqual([sober, bold]);
    expect(await command(`promote ${bold}`)).toBe(`${short(bold)} is the champion already.`);
  });

  it('finishes what was cut short, and goes back no further than it was asked to', async () => {
    await cutShort();
    expect(await command('rollback')).toContain(`${short(bold)} is champion from here on`);
    expect(await command('rollback')).toContain('there is nothing to go back to');
    await command(`promote ${sober} --anyway`);
    await cutShort();
    await scores(place, sober, '{0}'); // some partitions have it
    expect(await command(`promote ${sober}`)).toContain(`${short(sober)} is champion from here on`);
    expect(await released(place)).toEqual([sober, bold, bold, sober, sober]);
    await command('rollback');
  });

  it('goes back one by one', async () => {
    const timid = await shelve(place.models, artifact(-3));
    await command(`promote ${sober} --anyway`);
    await command(`promote ${timid} --anyway`);
    expect(await command('rollback')).toContain(`${short(sober)} is champion`);
    expect(await command('rollback')).toContain(`${short(bold)} is champion`);
    expect(await command('rollback')).toContain('there is nothing to go back to');
  });

  it('lets one of two promote who have seen the same', async () => {
    const before = (await released(place)).length;
    const seen = await readReign(place);
    const asked = { kind: 'promote', artifact: sober } as const;
    const ends = await Promise.allSettled([takeOver(place, asked, seen), takeOver(place, asked, seen)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(String((ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason)).toContain(
      'Somebody else has promoted a release meanwhile',
    );
    await expect(takeOver(place, asked, seen)).rejects.toThrow('look at the list, and decide again');
    expect(await released(place)).toHaveLength(before + 1);
  });

  it('promotes nothing that npm start would not find, and no worse one unless it is told to', async () => {
    expect(await command(`promote ${bold} --anyway`, { servedFrom: place.folder })).toBe(
      `\`npm start\` reads releases from ${place.folder}, not from ${place.models}: copy the file there, or set SCORING_MODELS_DIR.`,
    );
    const refused = await command(`promote ${bold} --data ${place.history}`);
    expect(refused).toContain('The candidate may not take over. Its log-loss is worse.');
    expect(refused).toContain('Nothing was promoted. With --anyway it would be, without comparing.');
    expect((await released(place)).at(-1)).toBe(sober);
  });

  it('compares at a cut-off of the data where it was tested at another time', async () => {
    const elsewhere = await shelve(place.models, {
      ...artifact(-2.5),
      metrics: { tests: [{ at: '2011-06-01T00:00:00.000Z' }] },
    });
    expect(await command(`compare ${elsewhere} --data ${place.history}`)).toMatch(/^\d+ customers at 2024-04-1\d, /m);
  });

  it('does not count customers who were contacted', async () => {
    const at = Date.UTC(2024, 2, 20);
    const every = (half: number) => Array.from({ length: 120 }, (_, i) => `c${2 * i + half}`);
    await sends(place, at);
    await draws(place, every(0), { playbook: 'win-back', arm: 'hold-out', propensity: 0.5, at });
    await draws(place, every(1), { playbook: 'win-back', arm: 'treatment', propensity: 0.5, at });
    const said = await command(`compare ${bold.slice(0, 8)} --data ${place.history}`);
    const [, rows, contacted] = /^(\d+) customers at [\s\S]+?^(\d+) more were to be contacted/m.exec(said)!;
    expect(Number(rows) + Number(contacted)).toBe(240);
    await place.database.query('delete from decisions');
    await place.database.query('delete from messages');
  });

  it('shows the report of one, as a process', async () => {
    await place.release();
    const { models, folder } = place;
    const { KAFKA_BROKERS: _, ...rest } = process.env;
    const env = { ...rest, SCORING_MODELS_DIR: models };
    const run = (...args: string[]) =>
      call(process.execPath, [main, ...args, '--data-dir', folder], { env }).catch(
        (error: unknown) => error as { stdout: string; stderr: string },
      );
    await writeFile(join(models, `${sober}.report.md`), '# Model release');
    expect((await run('show', sober.slice(0, 6))).stdout).toBe('# Model release\n');
    expect((await run('show', 'abc')).stderr).toBe('There is no release abc: `npm run releases -- list` names them.\n');
    expect((await run('list')).stdout).toMatch(new RegExp(`^${short(sober)} .* champion`, 'm'));
  });
});
