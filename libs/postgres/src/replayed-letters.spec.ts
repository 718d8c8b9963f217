import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Database, openDatabase } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';
import { PostgresCheckpointStore } from './postgres-checkpoint-store.js';
import {
  findPositions,
  findTakenIn,
  FOR_EVER,
  knowsReplayedLetters,
  letterMark,
  noteLetters,
} from './replayed-letters.js';

const DAY = 86_400_000;

describe('dead letters that were sent back', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let database: Database;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-replayed-'));
    await chmod(directory, 0o755); // as root, PostgreSQL runs as another user
    server = await startEmbeddedPostgres({ directory, durable: false });
    database = await openDatabase(server.url);
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('need tables that know them', async () => {
    expect(await knowsReplayedLetters(database)).toBe(false);
    await migrate(database);
    expect(await knowsReplayedLetters(database)).toBe(true);
  });

  it('are noted once by a sink, a letter at a time', async () => {
    const id = { task: 'dispatch', partition: 2 };
    expect(await noteLetters(database, id, ['a', 'b', 'a'])).toEqual(new Set(['a', 'b']));
    expect(await noteLetters(database, id, ['b', 'c'])).toEqual(new Set(['c']));
    expect(await noteLetters(database, { ...id, task: 'scoring' }, ['a'])).toEqual(new Set(['a']));
    expect(await findTakenIn(database, id, ['a', 'c', 'd'])).toEqual(new Set(['a', 'c']));
  });

  it('outlive all message ids', async () => {
    const store = new PostgresCheckpointStore(database);
    const owned = (await store.own({ task: 'features', partition: 0 }, 10))!;
    const owner = { task: 'features', partition: 0, epoch: owned.epoch };
    const messageIds = [
      { id: letterMark('a'), day: FOR_EVER },
      { id: 'm', day: 19_000 },
    ];
    const progress = { ...owned.progress, position: 7, now: 30_000 * DAY };
    await store.save({ ...owner, progress, customers: [], messageIds }, 10);
    await store.prune('features', 30);
    expect(await store.seen(owner, [letterMark('a'), 'm'], 0)).toEqual([{ id: letterMark('a'), day: FOR_EVER }]);
    expect(await findTakenIn(database, owner, ['a', 'm'])).toEqual(new Set(['a']));
    expect(await findPositions(database, 'features')).toEqual(new Map([[0, 7]]));
  });
});
