// The command as a process, on a folder as `npm start` keeps it.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { migrate } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, HEADERS, RELEASE_SCHEMA, releaseCodec } from '@holdfast/schemas';
import { Closing, placeSettings, readSettings } from '@holdfast/service';
import { openPlace, prepareTopics, type Resources } from '@holdfast/stream';

import { artifact, historyText, shelve } from './shelf.fixture.js';

const call = promisify(execFile);
const main = join(import.meta.dirname, '../../dist/releases/main.js');
let folder: string;
let models: string;
/** Where `npm start` would look. */
let served: string;
let history: string;

async function withFolder<T>(work: (resources: Resources) => Promise<T>): Promise<T> {
  const closing = new Closing();
  try {
    return await work(
      await openPlace({ name: 'test', settings: readSettings(placeSettings, {}), dataDir: folder }, closing),
    );
  } finally {
    await closing.run();
  }
}

async function command(...args: string[]) {
  const places = ['--data-dir', folder, '--models', models];
  const { KAFKA_BROKERS: _, ...env } = process.env;
  const ended = call(process.execPath, [main, ...args, ...places], { env: { ...env, SCORING_MODELS_DIR: served } });
  return ended.catch((error: unknown) => error as { stdout: string; stderr: string });
}

/** Releases of one partition of the log, oldest first. */
const released = (): Promise<string[]> =>
  withFolder(async ({ broker }) => {
    const { start, end } = (await broker.bounds(BEHAVIOR_EVENTS.name))[1]!;
    const found: string[] = [];
    if (end === start) return found;
    const stream = broker.open(BEHAVIOR_EVENTS.name, 1, start);
    for (let at = start; at < end;) {
      for (const { offset, value, headers } of await stream.next()) {
        at = offset + 1;
        if (headers[HEADERS.schema] === RELEASE_SCHEMA) found.push(releaseCodec.decode(value).artifact);
      }
    }
    await stream.close();
    return found;
  });

let [bold, sober] = ['', ''];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-releases-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  models = served = join(folder, 'models');
  history = join(folder, 'history.csv');
  await mkdir(models);
  await mkdir(join(folder, 'log'));
  await writeFile(history, historyText());
  // What churns at the cut-off is a share of customers that the sober one knows.
  [bold, sober] = await Promise.all([shelve(models, artifact(4)), shelve(models, artifact(-2.4))]);
  await withFolder(async (resources) => {
    await migrate(resources.database);
    await prepareTopics(resources, 2);
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cutShort = () =>
  withFolder(({ database }) =>
    database.query('update promotions set is_written = false where id = (select max(id) from promotions)'),
  );

describe('npm run releases', () => {
  it('names the releases that there are, those too that cannot be served', async () => {
    const broken = join(models, `${'0'.repeat(64)}.json`);
    await writeFile(broken, 'cut sh');
    const { stdout, stderr } = await command('list');
    await rm(broken);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^release +churn within +tested at +AUC +data$/m);
    expect(stdout).toMatch(/^0{12} +– +– +– +– +cannot be served: The file was changed/m);
    expect(stdout).toMatch(new RegExp(`^${bold.slice(0, 12)} +14 days +2024-03-16 +0.500 +dddddddd$`, 'm'));
    expect((await command('promote', sober)).stderr).toBe(
      'Nothing has been scored here yet: start Holdfast once, then promote.\n',
    );
  });

  it('lets a better one take over from a record in every partition, and the one before again', async () => {
    await withFolder(({ database }) =>
      database.query(
        `insert into owners (task, partition, shared, shared_version)
         select 'scoring', p, convert_to($1, 'UTF8'), 1 from generate_series(0, 1) p`,
        [bold],
      ),
    );
    expect((await command('list')).stdout).toMatch(new RegExp(`^${bold.slice(0, 12)} .* champion$`, 'm'));
    const compared = await command('compare', sober.slice(0, 8), '--data', history);
    expect(compared.stdout).toMatch(/^240 customers at 2024-03-16, \d\d\.\d % churned:$/m);
    expect(compared.stdout).toMatch(/paired: AUC \+0\.0000 .* log-loss −\d\.\d+ \[−/);
    expect(await released()).toEqual([]);
    const promoted = await command('promote', sober.slice(0, 8), '--data', history);
    expect(promoted.stderr).toBe('');
    expect(promoted.stdout).toContain('scoring takes it up when Holdfast is started');
    expect(await released()).toEqual([sober]);
    const listed = (await command('list')).stdout;
    expect(listed).toMatch(new RegExp(`^${sober.slice(0, 12)} .* champion; takes over$`, 'm'));
    expect(listed).toMatch(new RegExp(`^${bold.slice(0, 12)} .* scores in 2 of 2 partitions$`, 'm'));
    expect((await command('rollback')).stdout).toContain(`${bold.slice(0, 12)} is champion from here on`);
    expect(await released()).toEqual([sober, bold]);
    expect((await command('promote', bold)).stderr).toBe(`${bold.slice(0, 12)} is the champion already.\n`);
  });

  it('finishes what was cut short, and goes back no further than it was asked to', async () => {
    await cutShort();
    expect((await command('rollback')).stdout).toContain(`${bold.slice(0, 12)} is champion from here on`);
    expect((await command('rollback')).stderr).toContain('there is nothing to go back to');
    await command('promote', sober, '--anyway');
    await cutShort();
    // Even where scoring has it in some partitions by now.
    await withFolder(({ database }) =>
      database.query("update owners set shared = convert_to($1, 'UTF8') where task = 'scoring' and partition = 0", [
        sober,
      ]),
    );
    expect((await command('promote', sober)).stdout).toContain(`${sober.slice(0, 12)} is champion from here on`);
    expect(await released()).toEqual([sober, bold, bold, sober, sober]);
    await command('rollback');
  });

  it('promotes nothing that npm start would not find', async () => {
    served = folder;
    const { stderr } = await command('promote', sober, '--anyway');
    served = models;
    expect(stderr).toBe(
      `\`npm start\` reads releases from ${folder}, not from ${models}: copy the file there, or set SCORING_MODELS_DIR.\n`,
    );
  });

  it('promotes no worse one, unless it is told to', async () => {
    await command('promote', sober, '--anyway');
    const { stdout, stderr } = await command('promote', bold, '--data', history);
    expect(stdout).toContain('The candidate may not take over. Its log-loss is worse.');
    expect(stderr).toBe('Nothing was promoted. With --anyway it would be, without comparing.\n');
    expect((await released()).at(-1)).toBe(sober);
  });

  it('shows the report of one, and refuses what is not there with a sentence', async () => {
    await writeFile(join(models, `${sober}.report.md`), '# Model release');
    expect((await command('show', sober.slice(0, 6))).stdout).toBe('# Model release\n');
    expect((await command('show', 'abc')).stderr).toBe(
      'There is no release abc: `npm run releases -- list` names them.\n',
    );
  });
});
