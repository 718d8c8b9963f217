import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
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

  it('lets the server end a transaction in which nothing more is said', async () => {
    await expect(database.query('show idle_in_transaction_session_timeout')).resolves.toEqual([
      { idle_in_transaction_session_timeout: '1min' },
    ]);
    const silent = database.transaction(async (tx) => {
      await tx.query(`set local idle_in_transaction_session_timeout = '50ms'`);
      await tx.query('insert into things values (7)');
      const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      const isThere = async () => (await database.query('select from pg_stat_activity where pid = $1', [own!.pid])).length; // prettier-ignore
      while (await isThere()) await new Promise(setImmediate);
    });
    await expect(silent).rejects.toThrow();
    expect(await database.query('select from things where id = 7')).toEqual([]);
  });

  it('has connections ready before they are needed', async () => {
    const three = await openDatabase(server.url, { applicationName: 'three', readyConnections: 3 });
    const open = await database.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where application_name = 'three'`,
    );
    await three.close();
    expect(open).toEqual([{ count: 3 }]);
  });

  it('keeps whole numbers of 64 bits as numbers', async () => {
    expect(await database.query('select 1764072000000::bigint as at')).toEqual([{ at: 1_764_072_000_000 }]);
  });
});

/** A message of PostgreSQL's protocol: its kind, its length, its content. */
function message(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

describe('a server that has no connection to give', () => {
  // As PostgreSQL does it when a new connection is ended by an administrator: sometimes all in one packet.
  const welcome = message('R', Buffer.alloc(4));
  const ready = message('Z', Buffer.from('I'));
  const farewell = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([welcome, ready, farewell])));
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  it('ends no process by taking a connection back in the moment it gives it', async () => {
    const { port } = server.address() as AddressInfo;
    await expect(openDatabase(`postgres://nobody@127.0.0.1:${port}/none`)).rejects.toThrow(
      'PostgreSQL does not answer',
    );
  });
});
