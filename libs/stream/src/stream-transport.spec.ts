import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Broker, type BrokerRecord, openEmbeddedBroker, type StoredRecord } from '@holdfast/broker';
import {
  type Database,
  type EmbeddedPostgres,
  migrate,
  openDatabase,
  type PartitionId,
  PostgresCheckpointStore,
  startEmbeddedPostgres,
} from '@holdfast/postgres';
import {
  BEHAVIOR_EVENTS,
  CUSTOMER_FEATURES,
  encodeJson,
  HEADERS,
  RELEASE_SCHEMA,
  releaseCodec,
  TICK_SCHEMA,
  tickCodec,
  type Topic,
} from '@holdfast/schemas';

import { prepareTopics } from './prepare-topics.js';
import { type Point, type Probe } from './probe.js';
import { type Flaw, spoil } from './simulation/flaws.js';
import { StreamTransport } from './stream-transport.js';
import { type Sink, type SinkRecord, type StateCodec, type Task } from './task.js';
import { systemTimer } from './timer.js';

interface Event {
  readonly id: string;
  readonly fails?: boolean;
}
interface Count {
  readonly count: number;
}
const json = <T>() => ({
  encode: (value: T) => encodeJson(value),
  decode: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as T,
});
const topic = <T>(name: string): Topic<T> => ({
  name,
  schema: `${name}/1`,
  retentionDays: null,
  about: '',
  ...json<T>(),
});
const EVENTS = topic<Event>(BEHAVIOR_EVENTS.name);
const COUNTS = topic<Count & { readonly at: number; readonly silent: boolean }>(CUSTOMER_FEATURES.name);

const counter = (state: StateCodec<Count> = { version: 1, ...json<Count>() }): Task<Count, string, Event, unknown> => ({
  name: 'features',
  input: EVENTS,
  output: COUNTS,
  state,
  shared: { codec: { version: 1, ...json<string>() }, initial: 'none' },
  messageId: (event) => event.id,
  step(before, event, at, shared) {
    if (event.fails) throw new Error('cannot be counted');
    const count = (before?.count ?? 0) + 1;
    return { state: { count }, outputs: [{ count, at, silent: false, shared }], wakeAt: at + 100 };
  },
  wake: (before, at, shared) => ({ state: before, outputs: [{ count: before.count, at, silent: true, shared }] }),
  release: (_, release) => release.artifact,
});

const settings = { checkpointMs: 50, cleanCheckpointMs: 200, backoffMs: 5, maxBackoffMs: 50 };
const PARTITIONS = 3;
const meta = { id: '', sequence: 0 };
const event = (key: string, value: Event, at: number): BrokerRecord => ({
  key,
  value: encodeJson(value),
  headers: {},
  at,
});
const tick = (at: number): BrokerRecord => ({
  key: null,
  value: tickCodec.encode({ type: 'tick', at }, meta),
  headers: { [HEADERS.schema]: TICK_SCHEMA },
  at,
});
const release = (artifact: string, at: number): BrokerRecord => ({
  key: null,
  value: releaseCodec.encode({ type: 'release', at, artifact }, meta),
  headers: { [HEADERS.schema]: RELEASE_SCHEMA },
  at,
});

describe('the stream transport on PostgreSQL and the embedded broker', () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let database: Database;
  let broker: Broker;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
    postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
    database = await openDatabase(postgres.url);
    await migrate(database);
    broker = await openEmbeddedBroker({ directory: join(directory, 'broker') });
    await prepareTopics({ broker, database }, PARTITIONS);
  });
  afterAll(async () => {
    await broker?.close();
    await database?.close();
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const listen = async (transport: StreamTransport): Promise<StreamTransport> => {
    await new Promise<void>((resolve, reject) =>
      transport.listen((error) => (error === undefined ? resolve() : reject(error))),
    );
    return transport;
  };
  const start = (task: Task<Count, string, Event, unknown> = counter()) =>
    listen(new StreamTransport({ broker, database, tasks: [task], settings }));
  const produce = async (partition: number, ...records: BrokerRecord[]) => {
    const producer = await broker.producer();
    await producer.append(EVENTS.name, partition, records);
    await producer.close();
  };
  /** Reads until `count` records have come. */
  const read = async (name: string, partition: number, count: number): Promise<StoredRecord[]> => {
    const stream = broker.open(name, partition, 0);
    const records: StoredRecord[] = [];
    while (records.length < count) records.push(...(await stream.next()));
    await stream.close();
    return records;
  };
  const describeAll = (records: readonly StoredRecord[]) =>
    records.map(({ key, value, headers }) => {
      const decoded = JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>;
      return [
        key,
        decoded['type'] ?? decoded,
        headers[HEADERS.source]!.replace(/^.{8}/, 'log'),
        headers[HEADERS.sequence],
      ];
    });

  it('counts, drops duplicates, fires silence, forwards ticks and releases, and buries what fails', async () => {
    const transport = await start();
    await produce(
      0,
      release('a'.repeat(64), 500),
      event('s/a', { id: '1' }, 1_000),
      event('s/a', { id: '1' }, 1_001),
      event('s/b', { id: '2', fails: true }, 1_002),
      tick(1_150),
      event('s/a', { id: '3' }, 1_200),
    );
    expect(describeAll(await read(COUNTS.name, 0, 5))).toEqual([
      [null, 'release', 'log/0/0.0', '0'],
      ['s/a', { count: 1, at: 1_000, silent: false, shared: 'a'.repeat(64) }, 'log/0/1.0', '1'],
      ['s/a', { count: 1, at: 1_100, silent: true, shared: 'a'.repeat(64) }, 'log/0/4.0', '2'],
      [null, 'tick', 'log/0/4.1', '0'],
      ['s/a', { count: 2, at: 1_200, silent: false, shared: 'a'.repeat(64) }, 'log/0/5.0', '3'],
    ]);
    const [letter] = await read('features.dead-letters', 0, 1);
    expect(letter).toMatchObject({ key: 's/b', headers: { [HEADERS.error]: 'cannot be counted' } });
    await transport.readiness();
    await transport.close();
    expect(
      await database.query('select position, now_ms, duplicates from owners where task = $1 and partition = 0', [
        'features',
      ]),
    ).toEqual([{ position: 6, now_ms: 1_150, duplicates: 1 }]);
  });

  it('goes on where it stopped, and still knows message ids and wake-ups', async () => {
    const transport = await start();
    await produce(0, event('s/a', { id: '1' }, 1_201), tick(1_400));
    expect(describeAll(await read(COUNTS.name, 0, 7)).slice(5)).toEqual([
      ['s/a', { count: 2, at: 1_300, silent: true, shared: 'a'.repeat(64) }, 'log/0/7.0', '4'],
      [null, 'tick', 'log/0/7.1', '0'],
    ]);
    await transport.close();
  });

  it('tells a probe of every moment between two durable steps', async () => {
    const points: Point[] = [];
    const probe: Probe = {
      reached: (point, stage, partition) => void (stage + partition === 'features2' && points.push(point)),
    };
    const transport = await listen(new StreamTransport({ broker, database, probe, tasks: [counter()], settings }));
    await produce(2, event('s/p', { id: '20' }, 1_000), tick(1_150));
    await read(COUNTS.name, 2, 3);
    await transport.close();
    expect(points).toEqual(['woken', 'sending', 'sent', 'saving', 'inside', 'saved']);
  });

  it('runs what a probe puts in place of a task and of a sink', async () => {
    const calls = new Set<string>();
    const probe: Probe = {
      task: (task) => ({ ...task, step: (...given) => (calls.add(task.name), task.step(...given)) }),
      sink: (sink) => ({ ...sink, apply: async (...given) => (calls.add(sink.name), sink.apply(...given)) }),
    };
    const sinks: Sink<Event>[] = [{ name: 'console-risk', input: EVENTS, apply: async () => undefined }];
    const transport = await listen(
      new StreamTransport({ broker, database, probe, tasks: [counter()], sinks, settings }),
    );
    await produce(2, event('s/p', { id: '21' }, 1_200));
    await until(() => calls.size === 2);
    await transport.close();
    expect([...calls].sort()).toEqual(['console-risk', 'features']);
  });

  it('can be spoiled by a probe: then a zombie loads and saves as if it were the owner', async () => {
    const store = new PostgresCheckpointStore(database);
    const epochOf = async ({ task, partition }: PartitionId) => {
      const sql = 'select epoch from owners where task = $1 and partition = $2';
      return (await database.query<{ epoch: number }>(sql, [task, partition]))[0]!.epoch;
    };
    const id = { task: 'spoiled', partition: 0 };
    const { epoch, progress } = (await store.own(id, 1))!;
    await store.own(id, 1);
    const old = { ...id, epoch };
    const spoilStore = (flaw: Flaw) => spoil({ broker, store, timer: systemTimer }, flaw, epochOf).store;
    const late = { ...old, progress: { ...progress, position: 7 }, customers: [], messageIds: [] };
    const saving = spoilStore('checkpoints are not fenced');
    expect(await saving.load(old, ['s/p'])).toBeNull();
    expect(await saving.save(late, 1)).toEqual([]);
    const loading = spoilStore('loads are not fenced');
    expect(await loading.load(old, ['s/p'])).toEqual([]);
    expect(await loading.seen(old, ['m'], 0)).toEqual([]);
    expect(await loading.save(late, 1)).toBeNull();
    expect((await store.own(id, 1))!.progress.position).toBe(7);
  });

  it('upgrades the states of an older version and refuses those of a newer one with a sentence', async () => {
    const upgraded: StateCodec<Count> = {
      version: 2,
      encode: ({ count }) => encodeJson([count]),
      decode: (bytes) => ({ count: (JSON.parse(Buffer.from(bytes).toString()) as number[])[0]! }),
      upgrade: (bytes) => json<Count>().decode(bytes),
    };
    const second = await start(counter(upgraded));
    await produce(0, event('s/a', { id: '4' }, 1_500));
    expect(describeAll(await read(COUNTS.name, 0, 8)).at(-1)![1]).toMatchObject({ count: 3 });
    await second.close();
    expect(
      await database.query("select version, convert_from(bytes, 'UTF8') as bytes from states where key = 's/a'"),
    ).toEqual([{ version: 2, bytes: '[3]' }]);

    const troubles: string[] = [];
    const first = await listen(
      new StreamTransport({
        ...{ broker, database, settings, tasks: [counter()] },
        observer: { trouble: (_stage, _partition, sentence) => troubles.push(sentence) },
      }),
    );
    await produce(0, event('s/a', { id: '5' }, 1_600));
    await until(() => troubles.length > 0);
    expect(troubles[0]).toMatch(
      /state of s\/a has version 2 and this program knows 1 at most: start the newer release again/,
    );
    await expect(first.readiness()).rejects.toThrow(/features, partition 0: The stored state of s\/a/);
    await first.close();
    await start(counter(upgraded)).then((again) => again.close());
  });

  it('stops a partition whose checkpoint is older than what the group has reached', async () => {
    await database.query("update owners set position = 1 where task = 'features' and partition = 0");
    const transport = await start();
    await until(() =>
      transport.readiness().then(
        () => false,
        (error: Error) => error.message.includes('old backup'),
      ),
    );
    // Also of the others nothing may be acted on: it is one database.
    expect(await transport.workingOn('features')).toEqual([]);
    await transport.close();
    await database.query("update owners set position = 9 where task = 'features' and partition = 0");
  });

  it('applies a sink in one transaction with its position, and buries the culprit alone', async () => {
    await database.query('create table applied (id text primary key, key text, sequence bigint, at bigint)');
    const sink: Sink<Event> = {
      name: 'dispatch',
      input: EVENTS,
      async apply(records, _partition, transaction) {
        for (const record of records.filter(isRecord)) {
          if (record.value.fails) throw Object.assign(new Error('no good'), { name: 'PermanentError' });
          await transaction.query('insert into applied values ($1, $2, $3, $4)', [
            record.value.id,
            record.key,
            record.sequence,
            record.at,
          ]);
        }
      },
    };
    const transport = await listen(new StreamTransport({ broker, database, sinks: [sink], settings }));
    await produce(
      1,
      event('s/c', { id: '10' }, 2_000),
      event('s/c', { id: '11', fails: true }, 2_001),
      tick(2_002),
      event('s/c', { id: '12' }, 2_003),
    );
    const [letter] = await read('dispatch.dead-letters', 1, 1);
    expect(letter!.headers[HEADERS.error]).toBe('no good');
    await until(async () => (await database.query("select id from applied where key = 's/c'")).length === 2);
    await transport.close();
    expect(
      await database.query("select position, now_ms from owners where task = 'dispatch' and partition = 1"),
    ).toEqual([{ position: 4, now_ms: 2_002 }]);
  });

  it('works on with the other partitions when one has stopped, and says which', async () => {
    const sink: Sink<Event> = { name: 'console-features', input: EVENTS, apply: async () => undefined };
    const transport = await listen(new StreamTransport({ broker, database, sinks: [sink], settings }));
    await until(async () => (await transport.workingOn(sink.name)).length === PARTITIONS);
    const from = (log: string) => ({
      ...tick(3_000),
      headers: { ...tick(0).headers, [HEADERS.source]: `${log}/2/0.0` },
    });
    await produce(2, from('aaaaaaaa'), from('bbbbbbbb'));
    await until(async () => (await transport.workingOn(sink.name)).length < PARTITIONS);
    expect(await transport.workingOn(sink.name)).toEqual([0, 1]);
    await expect(transport.readiness()).rejects.toThrow(/partition 2: .*derived from log bbbbbbbb/);
    await transport.close();
  });

  it('refuses another partition count with a sentence', async () => {
    await expect(prepareTopics({ broker, database }, 4)).rejects.toThrow(/made with 3 partitions .* set PARTITIONS=3/);
  });
});

const isRecord = <T>(record: SinkRecord<T>): record is Extract<SinkRecord<T>, { kind: 'record' }> =>
  record.kind === 'record';

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
