import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Checkpoint, type Progress, type StoredCustomer } from './checkpoint-store.js';
import { type Database, openDatabase } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';
import { PostgresCheckpointStore } from './postgres-checkpoint-store.js';

const START: Progress = { position: 0, outputs: 0, letters: 0, now: 0, source: null, shared: null, duplicates: 0 };
const bytes = (...values: number[]) => Buffer.from(values);
const customer = (key: string, wakeAt: number | null, sequence = 1): StoredCustomer => ({
  key,
  state: { version: 1, bytes: bytes(0, 255, sequence) },
  inSequence: sequence,
  outSequence: sequence + 1,
  wakeAt,
});

describe('the checkpoint store', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let database: Database;
  let store: PostgresCheckpointStore;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-checkpoints-'));
    server = await startEmbeddedPostgres({ directory, durable: false });
    database = await openDatabase(server.url);
    await migrate(database);
    store = new PostgresCheckpointStore(database);
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const own = async (task: string, window = 10) => {
    const owned = (await store.own({ task, partition: 3 }, window))!;
    return { ...owned, owner: { task, partition: 3, epoch: owned.epoch } };
  };
  const checkpoint = (
    owner: { task: string; partition: number; epoch: number },
    part: Partial<Checkpoint>,
  ): Checkpoint => ({
    ...owner,
    progress: START,
    customers: [],
    messageIds: [],
    ...part,
  });

  it('gives a new owner exactly what the last checkpoint wrote', async () => {
    const first = await own('a');
    expect(first).toMatchObject({ epoch: 1, progress: START, wakeUps: [] });
    const progress: Progress = {
      position: 12,
      outputs: 3,
      letters: 1,
      now: 1_700_000_000_000,
      source: { logId: 'abcd1234', offset: 7, index: 2 },
      shared: { version: 4, bytes: bytes(1, 2) },
      duplicates: 5,
    };
    const customers = [customer('s/a', 200), customer('s/b', 100), { ...customer('s/c', null), state: null }];
    const write = checkpoint(first.owner, { progress, customers });
    expect(await store.save(write, 10)).toEqual([
      { wakeAt: 100, key: 's/b' },
      { wakeAt: 200, key: 's/a' },
    ]);
    // Doubtful, so written again: nothing changes.
    await store.save(write, 10);
    const second = await own('a', 1);
    expect(second).toMatchObject({ epoch: 2, progress, wakeUps: [{ wakeAt: 100, key: 's/b' }] });
    const loaded = await store.load(second.owner, ['s/a', 's/c', 's/none']);
    expect(loaded!.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([customers[0], customers[2]]);
  });

  it('refuses every read and write of an owner that is no longer the newest', async () => {
    const old = (await own('b')).owner;
    await store.save(checkpoint(old, { customers: [customer('s/a', null, 1)] }), 10);
    const newest = (await own('b')).owner;
    expect(await store.load(old, ['s/a'])).toBeNull();
    expect(await store.seen(old, ['m'], 0)).toBeNull();
    expect(await store.save(checkpoint(old, { customers: [customer('s/a', null, 9)] }), 10)).toBeNull();
    let worked = false;
    expect(await store.advance(old, { ...START, position: 9 }, async () => void (worked = true))).toBe(false);
    expect(worked).toBe(false);
    expect(await store.load(newest, ['s/a'])).toEqual([customer('s/a', null, 1)]);
  });

  it('shows a new owner the wake-ups of a checkpoint that was under way when it took over', async () => {
    const old = (await own('c')).owner;
    await store.save(checkpoint(old, { customers: [customer('s/a', 100)] }), 10);
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    let locked!: () => void;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const writing = database.transaction(async (transaction) => {
      await transaction.query("update owners set position = 5 where task = 'c' and epoch = 1");
      await transaction.query("update states set wake_at = 300 where task = 'c'");
      locked();
      await held;
    });
    await isLocked;
    const taking = own('c');
    await waitingFor(database);
    release();
    await writing;
    expect(await taking).toMatchObject({ progress: { position: 5 }, wakeUps: [{ wakeAt: 300, key: 's/a' }] });
  });

  it('refuses an owner whose database has gone back to an older backup under it', async () => {
    const backup = "update owners set position = 5, outputs = 2 where task = 'g'";
    const { owner } = await own('g');
    await store.save(checkpoint(owner, { progress: { ...START, position: 5, outputs: 2 } }), 10);
    const later = checkpoint(owner, { progress: { ...START, position: 5, outputs: 3 } });
    await store.save(later, 10);
    expect(await store.isCurrent()).toBe(true);
    await database.query(backup);
    expect(await store.isCurrent()).toBe(false);
    expect(await store.load(owner, ['s/a'])).toBeNull();
    expect(await store.seen(owner, ['m'], 0)).toBeNull();
    expect(await store.save({ ...later, customers: [customer('s/a', null)] }, 10)).toBeNull();
    expect(await store.advance(owner, { ...START, position: 9 }, async () => undefined)).toBe(false);
    // Who takes it anew knows where it stands, and goes on from there if that is right.
    const { owner: next, progress } = await own('g');
    expect(progress).toMatchObject({ position: 5, outputs: 2 });
    expect(await store.isCurrent()).toBe(true);
    await database.query("update owners set epoch = 1 where task = 'g'");
    expect(await store.isCurrent()).toBe(false);
    await database.query("update owners set epoch = 2 where task = 'g'");
    expect(await store.load(next, ['s/a'])).toEqual([]);
  });

  it('orders wake-ups of one instant by the bytes of their keys', async () => {
    const { owner } = await own('d');
    const keys = ['s/Z', 's/a', 's/\u{e9}', 's/\u{ff5e}', 's/\u{1f600}'];
    const wakeUps = await store.save(
      checkpoint(owner, { customers: keys.toReversed().map((k) => customer(k, 1)) }),
      10,
    );
    expect(wakeUps!.map(({ key }) => key)).toEqual(keys);
  });

  it('remembers message ids by day and forgets what is older than the window everywhere', async () => {
    const { owner } = await own('e');
    const day = 20_000;
    const messageIds = [
      { id: 'old', day: day - 40 },
      { id: 'recent', day: day - 1 },
      { id: 'today', day },
    ];
    await store.save(checkpoint(owner, { messageIds, progress: { ...START, now: day * 86_400_000 } }), 10);
    expect(await store.seen(owner, ['old', 'recent', 'never'], day - 30)).toEqual([{ id: 'recent', day: day - 1 }]);
    expect(await store.seen(owner, ['never'], 0)).toEqual([]);
    await store.prune('e', 30);
    expect(await database.query("select id from message_ids where task = 'e' order by id")).toEqual([
      { id: 'recent' },
      { id: 'today' },
    ]);
    // A day that was dropped is made again when it is needed after all.
    await store.save(checkpoint(owner, { messageIds }), 10);
    expect(await store.seen(owner, ['old'], 0)).toEqual([{ id: 'old', day: day - 40 }]);
  });

  it('rolls a sink back as a whole when its work fails', async () => {
    const { owner } = await own('f');
    const failing = store.advance(owner, { ...START, position: 4 }, async (transaction) => {
      await transaction.query("insert into topics (name, log_id, partitions) values ('never', 'x', 1)");
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await database.query("select 1 from topics where name = 'never'")).toEqual([]);
    expect((await own('f')).progress.position).toBe(0);
  });
});

/** Resolves when some statement waits for a lock. */
async function waitingFor(database: Database): Promise<void> {
  const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock'";
  while ((await database.query(waiting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
