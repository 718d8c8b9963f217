// An older backup of the database, as a copy of its folder: refused, and gone on from once a person has said so.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Broker, openEmbeddedBroker, type StoredRecord } from '@holdfast/broker';
import {
  type Database,
  type EmbeddedPostgres,
  migrate,
  openDatabase,
  type Owned,
  PostgresCheckpointStore,
  startEmbeddedPostgres,
} from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, encodeJson, HEADERS, type Topic } from '@holdfast/schemas';

import { prepareTopics } from './prepare-topics.js';
import { planRewind, rewind } from './rewind.js';
import { StreamTransport } from './stream-transport.js';
import { type Task } from './task.js';

const call = promisify(execFile);
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

describe('a database that has been restored from an older backup', () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let database: Database;
  let broker: Broker;
  const folder = () => join(directory, 'postgres');
  const copy = () => join(directory, 'backup');

  const connect = async () => {
    postgres = await startEmbeddedPostgres({ directory: folder(), durable: false });
    database = await openDatabase(postgres.url);
  };
  const disconnect = async () => {
    await database.close();
    await postgres.stop();
  };
  const start = async () => {
    const transport = new StreamTransport({
      ...{ broker, database, tasks: [counter] },
      settings: { checkpointMs: 20, backoffMs: 5, maxBackoffMs: 20 },
    });
    await new Promise<void>((resolve, reject) => transport.listen((error) => (error ? reject(error) : resolve())));
    return transport;
  };
  const positionIs = async (position: number) => {
    const sql = 'select from owners where position = $1';
    while ((await database.query(sql, [position])).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  /** Lets the stage apply one more record of each customer, up to this position. */
  const apply = async (keys: readonly string[], position: number) => {
    const producer = await broker.producer();
    const records = keys.map((key) => ({ key, value: encodeJson('x'), headers: {}, at: 1 }));
    await producer.append(counter.input.name, 0, records);
    await producer.close();
    const transport = await start();
    await positionIs(position);
    expect(await transport.workingOn(counter.name)).toEqual([0]);
    await transport.close();
  };
  /** The log, but for what is given. */
  const brokerWith = (part: Partial<Broker>): Broker =>
    new Proxy(broker, {
      get: (real, name) => part[name as keyof Broker] ?? (real[name as keyof Broker] as () => unknown).bind(real),
    });
  const outputs = async () => {
    const { end } = (await broker.bounds(counter.output.name))[0]!;
    const stream = broker.open(counter.output.name, 0, 0);
    const read: StoredRecord[] = [];
    while (read.length < end) read.push(...(await stream.next()));
    await stream.close();
    return read.map(({ key, value, headers }) => [headers[HEADERS.source], key, json<number>().decode(value)] as const);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-rewind-'));
    await connect();
    await migrate(database);
    broker = await openEmbeddedBroker({ directory: join(directory, 'broker') });
    await prepareTopics({ broker, database }, 1);

    await apply(['s/a', 's/b'], 2);
    await disconnect();
    await call('cp', ['-a', folder(), copy()]);
    await connect();
    await apply(['s/a', 's/c'], 4);
    await disconnect();
    await rm(folder(), { recursive: true });
    await call('cp', ['-a', copy(), folder()]);
    await connect();
  });
  afterAll(async () => {
    await broker?.close();
    await database?.close();
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('is refused with a sentence that says how to go on', async () => {
    const transport = await start();
    for (;;) {
      const sentence = await transport.readiness().then(
        () => 'ready',
        (error: Error) => error.message,
      );
      expect(sentence).not.toBe('ready');
      if (/old backup.*npm run rewind/.test(sentence)) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await transport.workingOn(counter.name)).toEqual([]);
    await transport.close();
  });

  it('is refused by the plan when the log has lost what would have to be applied again, or its end', async () => {
    const lost = (bounds: { start: number; end: number }) => brokerWith({ bounds: async () => [bounds] });
    const plan = (bounds: { start: number; end: number }) => planRewind({ broker: lost(bounds), database }, [counter]);
    await expect(plan({ start: 3, end: 4 })).rejects.toThrow(/1 records of behavior.events, partition 0.*expired/);
    await expect(plan({ start: 0, end: 3 })).rejects.toThrow(/ends before what features had reached/);
  });

  it('is gone on from, too, when the log has forgotten how far the group had come', async () => {
    const forgetful = brokerWith({ committed: async () => [null] });
    expect(await planRewind({ broker: forgetful, database }, [counter])).toEqual([
      { stage: counter, positions: new Map([[0, 2]]), records: 2, since: 0 },
    ]);
  });

  it('goes on after a rewind: the same comes out once more, and nothing else', async () => {
    const before = await outputs();
    const plan = await planRewind({ broker, database }, [counter]);
    expect(plan).toEqual([{ stage: counter, positions: new Map([[0, 2]]), records: 2, since: 0 }]);
    await rewind({ broker, database }, plan);
    await rewind({ broker, database }, plan);
    expect(await planRewind({ broker, database }, [counter])).toEqual([]);

    await apply(['s/b'], 5);
    const after = await outputs();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length, -1)).toEqual(before.slice(2));
    expect(after.at(-1)!.slice(1)).toEqual(['s/b', 2]);
  });

  it('is not seen where a stage has only gone on while the plan was made', async () => {
    const { end } = (await broker.bounds(counter.input.name))[0]!;
    const moving = brokerWith({
      bounds: async () => [{ start: 0, end: end + 1 }],
      committed: async () => {
        await database.query("update owners set position = $1 where task = 'features'", [end + 1]);
        return [end + 1];
      },
    });
    expect(await planRewind({ broker: moving, database }, [counter])).toEqual([]);
    await database.query("update owners set position = $1 where task = 'features'", [end]);
  });

  it('is not taken for one that belongs to another log, or that is empty', async () => {
    await database.query('create database other');
    const url = new URL(postgres.url);
    url.pathname = '/other';
    const other = await openDatabase(url.href);
    const plan = () => planRewind({ broker, database: other }, [counter]);
    try {
      await expect(plan()).rejects.toThrow(/holds nothing of Holdfast/);
      await migrate(other);
      await prepareTopics({ broker, database: other }, 1);
      await expect(plan()).rejects.toThrow(/belongs to another log/);
    } finally {
      await other.close();
    }
  });

  it('lets nobody on who had a partition before it was restored', async () => {
    const id = { task: 'frozen', partition: 0 };
    const frozen = new PostgresCheckpointStore(database);
    const reaches = async (store: PostgresCheckpointStore, { epoch, progress }: Owned, position: number) =>
      store.advance({ ...id, epoch }, { ...progress, position }, async () => undefined);
    const before = (await frozen.own(id, 1))!;
    expect(await reaches(frozen, before, 4)).toBe(true);

    await database.query("update owners set epoch = epoch - 1, position = 2 where task = 'frozen'");
    await rewind({ broker, database }, []);
    const store = new PostgresCheckpointStore(database);
    const after = (await store.own(id, 1))!;
    expect(await reaches(store, after, 7)).toBe(true);
    expect(await reaches(frozen, before, 5)).toBe(false);
  });

  it('shows in readiness as soon as it is there, also where nothing moves', async () => {
    const transport = await start();
    while ((await transport.workingOn(counter.name)).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await transport.readiness();
    await database.query("update owners set position = position - 1 where task = 'features'");
    await expect(transport.readiness()).rejects.toThrow(/old backup.*npm run rewind/);
    expect(await transport.workingOn(counter.name)).toEqual([]);
    await database.query("update owners set position = position + 1 where task = 'features'");
    await transport.close();
  });
});
