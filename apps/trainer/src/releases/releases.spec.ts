// The command as a process, on a folder as `npm start` keeps it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, encodeArtifact } from '@holdfast/model';
import { migrate } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, HEADERS, RELEASE_SCHEMA, releaseCodec } from '@holdfast/schemas';
import { Closing, placeSettings, readSettings } from '@holdfast/service';
import { openPlace, prepareTopics, type Resources } from '@holdfast/stream';

const call = promisify(execFile);
const main = join(import.meta.dirname, '../../dist/releases/main.js');
let folder: string;
let models: string;
let history: string;

/** Customers buy every four days; every third one has stopped by the cut-off. */
function historyText(): string {
  const rows = ['customer_id,occurred_at,type,order_id,amount,currency'];
  for (let i = 0; i < 240; i++) {
    const last = i % 3 === 0 ? 60 + (i % 13) : 120;
    for (let day = i % 4, n = 0; day < last; day += 4, n++)
      rows.push(`c${i},${new Date(Date.UTC(2024, 0, 1 + day, 9)).toISOString()},purchase,${i}-${n},20.00,EUR`);
  }
  return rows.join('\n');
}

/** Gives everybody the same risk, that of `bias`. */
function artifact(bias: number): Artifact {
  const floats = (size: number) => new Float32Array(size);
  const [hidden, units, buckets, size] = [2, 2, 32, 4];
  return {
    ...{ version: 1, featureSet: FEATURE_SET_HASH, stepSize: STEP_SIZE, wideSize: WIDE_SIZE, hidden },
    embedding: { buckets, size, table: floats(buckets * size) },
    lstm: {
      kernel: floats((STEP_SIZE + size) * 4 * hidden),
      recurrent: floats(hidden * 4 * hidden),
      bias: floats(4 * hidden),
    },
    dense: { kernel: floats((hidden + WIDE_SIZE + 2) * units), bias: floats(units) },
    output: { kernel: floats(units), bias },
    skip: floats(WIDE_SIZE),
    scaler: { mean: floats(WIDE_SIZE), deviation: floats(WIDE_SIZE).fill(1) },
    scale: { horizonDays: 14, medianOrderMinor: 2_000 },
    ...{ knotsDays: [0, 7, 14], calibration: { slope: 1 }, thresholds: { medium: 0.4, high: 0.7 }, hysteresis: 0.05 },
    ...{ activeDays: 28, horizonDays: 14, dataHash: 'd'.repeat(64), seed: 1 },
    metrics: { tests: [{ at: '2024-03-16T00:00:00.000Z', methods: { served: { auc: [0.5, 0.4, 0.6] } } }] },
  };
}

async function shelve(release: Artifact): Promise<string> {
  const bytes = encodeArtifact(release);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(models, `${hash}.json`), bytes);
  return hash;
}

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
  const ended = call(process.execPath, [main, ...args, ...places], { env });
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
  models = join(folder, 'models');
  history = join(folder, 'history.csv');
  await mkdir(models);
  await mkdir(join(folder, 'log'));
  await writeFile(history, historyText());
  // What churns at the cut-off is a share of customers that the sober one knows.
  [bold, sober] = await Promise.all([shelve(artifact(4)), shelve(artifact(-1.4))]);
  await withFolder(async (resources) => {
    await migrate(resources.database);
    await prepareTopics(resources, 2);
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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

  it('promotes no worse one, unless it is told to', async () => {
    await command('promote', sober, '--anyway');
    const { stdout, stderr } = await command('promote', bold, '--data', history);
    expect(stdout).toContain('The candidate may not take over. Its log-loss is worse.');
    expect(stderr).toBe('Nothing was promoted. With --anyway it would be, without comparing.\n');
    expect(await released()).toEqual([sober, bold, sober]);
  });

  it('shows the report of one, and refuses what is not there with a sentence', async () => {
    await writeFile(join(models, `${sober}.report.md`), '# Model release');
    expect((await command('show', sober.slice(0, 6))).stdout).toBe('# Model release\n');
    expect((await command('show', 'abc')).stderr).toBe(
      'There is no release abc: `npm run releases -- list` names them.\n',
    );
  });
});
