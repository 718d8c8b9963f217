import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { beginReplay, goLive, readClock, saveReplayProgress, takeClock } from './clock.js';
import { type Database, openDatabase } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';

describe('the clock of a log', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let database: Database;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-clock-'));
    server = await startEmbeddedPostgres({ directory, durable: false });
    database = await openDatabase(server.url);
    await migrate(database);
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const shop = { name: 'shop', hash: 'aa', weekShiftMs: 7 * 86_400_000 };
  const counts = { read: 5, accepted: 4, rejected: { 'no-customer': 1 } };

  it('belongs to whom takes it first', async () => {
    expect(await readClock(database, 'a')).toBeNull();
    expect((await takeClock(database, 'replay', 'a')).mode).toBe('replay');
    expect((await takeClock(database, 'live', 'a')).mode).toBe('replay');
  });

  it('keeps the first replay and its week shift', async () => {
    expect((await beginReplay(database, shop, 'b')).replay).toEqual(shop);
    expect((await beginReplay(database, { name: 'other', hash: 'bb', weekShiftMs: 0 }, 'b')).replay).toEqual(shop);
  });

  it('does not begin a replay on a live log', async () => {
    await takeClock(database, 'live', 'c');
    expect(await beginReplay(database, shop, 'c')).toMatchObject({ mode: 'live', replay: null });
  });

  it('stores progress only of the one replayer that is where the log is, and never sets time back', async () => {
    await beginReplay(database, shop, 'd');
    expect(await saveReplayProgress(database, 0, { acknowledged: 5, counts, lastTick: 99 }, 'd')).toBe(true);
    expect(await saveReplayProgress(database, 0, { acknowledged: 7, counts, lastTick: 100 }, 'd')).toBe(false);
    expect(await saveReplayProgress(database, 5, { acknowledged: 9, counts, lastTick: null }, 'd')).toBe(true);
    expect(await readClock(database, 'd')).toEqual({
      mode: 'replay',
      replay: shop,
      acknowledged: 9,
      counts,
      lastTick: 99,
    });
    await goLive(database, 'd');
    expect((await readClock(database, 'd'))!.mode).toBe('live');
    expect(await saveReplayProgress(database, 9, { acknowledged: 10, counts, lastTick: 101 }, 'd')).toBe(false);
  });
});
