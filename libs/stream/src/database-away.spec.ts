import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Broker, openEmbeddedBroker, type StoredRecord } from '@holdfast/broker';
import { type Database, type EmbeddedPostgres, migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, encodeJson, type Topic } from '@holdfast/schemas';

import { prepareTopics } from './prepare-topics.js';
import { StreamTransport } from './stream-transport.js';
import { type Task } from './task.js';

const json = <T>() => ({
  encode: (value: T) => encodeJson(value),
  decode: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as T,
});
const topic = <T>(name: string): Topic<T> => ({ name, schema: name, retentionDays: null, about: '', ...json<T>() });
const counter: Task<number, null, string, number> = {
  name: 'features',
  input: topic<string>(BEHAVIOR_EVENTS.name),
  output: topic<number>(CUSTOMER_FEATURES.name),
  state: { version: 1, ...json<number>() },
  step: (count = 0) => ({ state: count + 1, outputs: [count + 1] }),
};

describe('the runner while PostgreSQL is away', () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let database: Database;
  let broker: Broker;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-away-'));
    postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
    database = await openDatabase(postgres.url);
    await migrate(database);
    broker = await openEmbeddedBroker({ directory: join(directory, 'broker') });
    await prepareTopics({ broker, database }, 1);
  });
  afterAll(async () => {
    await broker?.close();
    await database?.close();
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('goes on with the customers it knows, waits with the others, and saves everything when the database is back', async () => {
    const troubles: string[] = [];
    const transport = new StreamTransport({
      ...{ broker, database, tasks: [counter] },
      settings: { checkpointMs: 20, backoffMs: 5, maxBackoffMs: 20, dirtyLimit: 3 },
      observer: { trouble: (_stage, _partition, sentence) => troubles.push(sentence) },
    });
    await new Promise<void>((resolve) => transport.listen(() => resolve()));
    const producer = await broker.producer();
    const produce = (...keys: string[]) =>
      producer.append(
        counter.input.name,
        0,
        keys.map((key) => ({ key, value: encodeJson('x'), headers: {}, at: 1 })),
      );
    const stream = broker.open(counter.output.name, 0, 0);
    const read: StoredRecord[] = [];
    const until = async (count: number) => {
      while (read.length < count) read.push(...(await stream.next()));
      return read.map(({ key, value }) => [key, json<number>().decode(value)]);
    };
    await produce('s/a', 's/b');
    await until(2);
    const position = async () =>
      (await database.query<{ position: number }>('select position from owners'))[0]!.position;
    while ((await position()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));

    await postgres.stop();
    await produce('s/a');
    expect(await until(3)).toContainEqual(['s/a', 2]);
    await produce('s/new');
    while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(transport.readiness()).rejects.toThrow();

    const port = Number(new URL(postgres.url).port);
    postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), port, durable: false });
    expect(await until(4)).toContainEqual(['s/new', 1]);
    await produce('s/b', 's/c', 's/d', 's/e', 's/f');
    await until(9);
    await transport.readiness();
    await transport.close();
    expect(await database.query('select position from owners')).toEqual([{ position: 9 }]);
    expect(await database.query("select convert_from(bytes, 'UTF8') as count from states order by key")).toEqual(
      ['2', '2', '1', '1', '1', '1', '1'].map((count) => ({ count })),
    );
    await stream.close();
    await producer.close();
  });

  it('holds no more message ids than it may while the database answers and takes nothing, and says so', async () => {
    await database.query('delete from owners');
    const troubles: string[] = [];
    const dirtyLimit = 3;
    const most = 10 * dirtyLimit;
    const transport = new StreamTransport({
      ...{ broker, database, tasks: [{ ...counter, messageId: (id: string) => id }] },
      settings: { checkpointMs: 20, backoffMs: 5, maxBackoffMs: 20, dirtyLimit },
      observer: { trouble: (_stage, _partition, sentence) => troubles.push(sentence) },
    });
    const start = (await broker.bounds(counter.input.name))[0]!.end;
    await database.query(`insert into owners (task, partition, position) values ('features', 0, ${start})`);
    await database.query(`create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`);
    await database.query('create trigger full_disk before insert on message_ids execute function refuse()');
    const before = (await broker.bounds(counter.output.name))[0]!.end;
    const written = async () => (await broker.bounds(counter.output.name))[0]!.end - before;
    await new Promise<void>((resolve) => transport.listen(() => resolve()));
    const producer = await broker.producer();
    const records = Array.from({ length: 5 * most }, (_, n) => ({
      ...{ key: 's/a', value: encodeJson(`id-${n}`), headers: {}, at: 1 },
    }));
    await producer.append(counter.input.name, 0, records);

    const sentence = () =>
      transport.readiness().then(
        () => null,
        (error: Error) => error.message,
      );
    while (!(await sentence())?.includes('No space left on device'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    // Time enough to apply everything: it tries to save again and again.
    const tries = troubles.length;
    while (troubles.length < tries + 10) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await written()).toBeLessThanOrEqual(most);

    await database.query('drop trigger full_disk on message_ids');
    while ((await written()) < records.length) await new Promise((resolve) => setTimeout(resolve, 5));
    await transport.close();
    await producer.close();
    expect(await written()).toBe(records.length);
  });
});
