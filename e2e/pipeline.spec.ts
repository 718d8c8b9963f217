// The whole pipeline on two years of a real shop in one process; on the first of them killed in the middle, and on a real Kafka with both clients.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { whyNoLocalKafka } from '../tools/kafka/local-kafka.mjs';
import { comparable, DataFolder, historyOf, type Run, runHoldfast } from './run-holdfast.js';

const MINUTES = 60_000;
/** Rows of the data set up to the autumn of its first year: every playbook has decided, and windows have closed. */
const FIRST_ROWS = 300_000;
const dataSet = join(import.meta.dirname, '..', 'data', 'online-retail-ii.csv.gz');
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('npm start', () => {
  const folders: DataFolder[] = [];
  const folder = async () => {
    const made = await DataFolder.make();
    folders.push(made);
    return made;
  };
  let plain: Run;
  /** Of the first rows alone. */
  let first: { readonly args: readonly string[]; readonly run: Run; readonly history: readonly unknown[] };

  beforeAll(async () => {
    const [whole, part] = [await folder(), await folder()];
    plain = await runHoldfast(whole);
    if (plain.code !== 0) throw new Error(plain.printed);
    const file = join(part.path, 'first.csv');
    const rows = gunzipSync(await readFile(dataSet))
      .toString()
      .split('\n');
    await writeFile(file, rows.slice(0, FIRST_ROWS).join('\n'));
    const args = ['--replay', file];
    const run = await runHoldfast(part, { args });
    if (run.code !== 0) throw new Error(run.printed);
    first = { args, run, history: await historyOf(part, 'postgres') };
  }, 5 * MINUTES);
  afterAll(() => Promise.all(folders.map((made) => made.remove())));

  it('replays the shop: crossings by event and by silence, both arms, nothing rejected without a reason', () => {
    const { events, crossings, decisions, outcomes } = plain.summary as {
      events: { read: number; accepted: number; rejected: Record<string, number> };
      crossings: { tier: string; cause: string; count: number }[];
      decisions: { playbook: string; arm: string; count: number }[];
      outcomes: { settled: number; purchased: number }[];
    };
    const rejected = Object.values(events.rejected).reduce((sum, count) => sum + count, 0);
    expect(events.read).toBeGreaterThan(40_000);
    expect(events.accepted + rejected).toBe(events.read);
    const total = (cause: string) => crossings.filter((c) => c.cause === cause).reduce((sum, c) => sum + c.count, 0);
    expect(total('silence')).toBeGreaterThan(1_000);
    expect(total('event')).toBeGreaterThan(100);
    for (const playbook of ['check-in', 'win-back'])
      for (const arm of ['treatment', 'hold-out'])
        expect(decisions).toContainEqual({ playbook, arm, count: expect.any(Number) });
    for (const { settled, purchased } of outcomes) expect(purchased).toBeLessThanOrEqual(settled);
    expect(plain.printed).toContain('nobody was contacted');
    expect(first.history.length).toBeGreaterThan(1_000);
  });

  it(
    'comes to the same when it is killed in mid-replay and started again, and leaves no process behind',
    async () => {
      const own = await folder();
      const { args, run, history } = first;
      const killed = await runHoldfast(own, { args, killAt: 0.4 });
      expect(killed.code).toBeNull();
      const again = await runHoldfast(own, { args });
      expect(again.code).toBe(0);
      expect(comparable(again.summary)).toEqual(comparable(run.summary));
      expect(await historyOf(own, 'postgres')).toEqual(history);
      const pidFile = join(own.path, 'postgres', 'data', 'postmaster.pid');
      const pid = existsSync(pidFile) ? Number((await readFile(pidFile, 'utf8')).split('\n')[0]) : null;
      expect(pid === null || !isAlive(pid)).toBe(true);
    },
    8 * MINUTES,
  );

  it(
    'does not replay again at its second start',
    async () => {
      const own = folders[0]!;
      const again = await runHoldfast(own);
      expect(again.code).toBe(0);
      expect(comparable(again.summary)).toEqual(comparable(plain.summary));
      expect((again.summary as { events: { duplicates: number } }).events.duplicates).toBe(0);
    },
    5 * MINUTES,
  );

  const missing = whyNoLocalKafka();
  if (missing && process.env['CI'] !== 'true') console.warn(`SKIPPED: the pipeline on a real Kafka: ${missing}`);
  const onKafka = missing && process.env['CI'] !== 'true' ? it.skip : it;

  onKafka.each(['platformatic', 'kafkajs'])(
    'gives the same risk events and decisions on a real Kafka, a process a service, through %s',
    async (client) => {
      const own = await folder();
      const run = await runHoldfast(own, { args: [...first.args, '--kafka'], environment: { KAFKA_CLIENT: client } });
      if (run.code !== 0) throw new Error(run.printed);
      expect(comparable(run.summary)).toEqual(comparable(first.run.summary));
      expect(await historyOf(own, 'postgres-kafka')).toEqual(first.history);
    },
    8 * MINUTES,
  );
});
