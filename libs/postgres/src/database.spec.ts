import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Database, openDatabase } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { PermanentError } from './errors.js';

describe('the database', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let database: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-database-'));
    server = await startEmbeddedPostgres({ directory: folder, durable: false });
    database = await openDatabase(server.url);
    await database.query('create table things (id int primary key, days int) ');
    await database.query('create table names (name text primary key)');
    await database.query('create table dated (day int not null) partition by list (day)');
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['a text that is no number', `insert into things values ('x')`, 'bad-value'],
    ['a number that is too large', 'insert into things values (99999999999)', 'bad-value'],
    ['a key that exists', 'insert into things values (1), (1)', 'constraint'],
    [
      'a text too long for an index',
      "insert into names select string_agg(md5(n::text), '') from generate_series(1, 400) n",
      'bad-value',
    ],
  ])('says of %s that trying again is no use', async (_what, sql, code) => {
    const failure = await database.query(sql).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).toMatchObject({ code });
    await expect(database.transaction((tx) => tx.query(sql))).rejects.toBeInstanceOf(PermanentError);
  });

  it.each([
    ['a table that is still to be made', 'insert into dated values (1)'],
    ['a mistake of ours in the SQL', 'selec 1'],
  ])('lets %s be tried again', async (_what, sql) => {
    await expect(database.query(sql)).rejects.not.toBeInstanceOf(PermanentError);
  });

  it('keeps whole numbers of 64 bits as numbers', async () => {
    expect(await database.query('select 1764072000000::bigint as at')).toEqual([{ at: 1_764_072_000_000 }]);
  });
});
