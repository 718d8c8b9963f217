import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  type Broker,
  type BrokerRecord,
  MAX_RECORD_BYTES,
  openEmbeddedBroker,
  PermanentError,
  type StoredRecord,
} from '@holdfast/broker';
import { type Database, type EmbeddedPostgres, migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import {
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  encodeJson,
  HEADERS,
  TICK_SCHEMA,
  tickCodec,
  type Topic,
} from '@holdfast/schemas';

import { prepareTopics } from './prepare-topics.js';
import { StreamTransport } from './stream-transport.js';
import { NotReady, type Sink, type Task } from './task.js';

interface Event {
  readonly id: string;
  readonly wakeAt?: number;
}
interface State {
  readonly seen: readonly string[];
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
const INPUT = topic<Event>(CUSTOMER_FEATURES.name);
const OUTPUT = topic<readonly [string, number]>(CUSTOMER_RISK.name);
const LETTERS = 'scoring.dead-letters';

/** What fails until the program is mended. */
const broken = new Set<string>();
const failIf = (id: string) => {
  if (broken.has(`${id} lacks`)) throw new NotReady(`${id} lacks something: put it there.`);
  if (broken.has(id)) throw new TypeError(`cannot do ${id}`);
};

const task: Task<State, null, Event, readonly [string, number]> = {
  name: 'scoring',
  input: INPUT,
  output: OUTPUT,
  state: { version: 1, ...json<State>() },
  step(state, { id, wakeAt }, at) {
    failIf(id);
    const seen = [...(state?.seen ?? []), id];
    return { state: { seen }, outputs: [[seen.join(' '), at]], ...(wakeAt === undefined ? {} : { wakeAt }) };
  },
  stepLate: (state, { id }, at) => ({ state: state ?? null, outputs: [[`late ${id}`, at]] }),
  wake(state, at) {
    failIf('wake-up');
    return { state, outputs: [['woken', at]] };
  },
};

const event = (key: string, sequence: number | null, value: Event, at = 1_000): BrokerRecord => ({
  key,
  value: encodeJson(value),
  headers: { [HEADERS.eventId]: value.id, ...(sequence === null ? {} : { [HEADERS.sequence]: String(sequence) }) },
  at,
});
const tick = (at: number): BrokerRecord => ({
  key: null,
  value: tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 }),
  headers: { [HEADERS.schema]: TICK_SCHEMA },
  at,
});
/** A letter on its way back, as the command sends it. */
const sentBack = ({ key, value, headers, at }: BrokerRecord, stage: string): BrokerRecord => {
  const {
    [HEADERS.schema]: schema,
    [HEADERS.eventId]: id,
    [HEADERS.replayOf]: original,
    [HEADERS.sequence]: sequence,
  } = headers;
  const known = { [HEADERS.schema]: schema, [HEADERS.eventId]: original, [HEADERS.sequence]: sequence };
  const kept = Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    key,
    value,
    at,
    headers: { ...Object.fromEntries(kept), [HEADERS.replayOf]: id!, [HEADERS.replayFor]: stage },
  };
};

let directory: string;
let postgres: EmbeddedPostgres;
let database: Database;
let broker: Broker;
/** Topics that cannot be written, with the reason. */
const unwritable = new Map<string, Error>();

/** The real log, of which single topics can be made to refuse. */
const faulty = (log: Broker): Broker =>
  new Proxy(log, {
    get(target, name) {
      if (name !== 'producer') {
        const value = target[name as keyof Broker] as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async () => {
        const producer = await target.producer();
        const failed = new Set<string>();
        return {
          close: () => producer.close(),
          append: async (...given: Parameters<typeof producer.append>) => {
            const place = `${given[0]}/${given[1]}`;
            const reason = unwritable.get(given[0]);
            if (reason) failed.add(place);
            if (failed.has(place)) throw reason ?? new Error('this producer has failed before');
            return producer.append(...given);
          },
        };
      };
    },
  });

const running: StreamTransport[] = [];
const listen = async (options: { task?: typeof task; sink?: Sink<Event> }): Promise<StreamTransport> => {
  const transport = new StreamTransport({
    ...{ broker: faulty(broker), database },
    tasks: options.task ? [options.task as Task<unknown, unknown, unknown, unknown>] : [],
    sinks: options.sink ? [options.sink as Sink<unknown>] : [],
    settings: { checkpointMs: 20, cleanCheckpointMs: 50, backoffMs: 5, maxBackoffMs: 20, sinkLingerMs: 5 },
  });
  running.push(transport);
  await new Promise<void>((resolve, reject) =>
    transport.listen((error) => (error === undefined ? resolve() : reject(error))),
  );
  return transport;
};
const produce = async (...records: BrokerRecord[]) => {
  const producer = await broker.producer();
  await producer.append(INPUT.name, 0, records);
  await producer.close();
};
/** What has been appended to a topic since `from`, when there are `count` of them. */
const read = async (name: string, count: number): Promise<StoredRecord[]> => {
  const stream = broker.open(name, 0, starts.get(name)!);
  const records: StoredRecord[] = [];
  while (records.length < count) records.push(...(await stream.next()));
  await stream.close();
  return records;
};
const outputs = async (count: number) =>
  (await read(OUTPUT.name, count)).filter(({ key }) => key !== null).map(({ value }) => OUTPUT.decode(value));
const starts = new Map<string, number>();
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};
const complaint = (transport: StreamTransport) =>
  transport.readiness().then(
    () => null,
    (error: Error) => error.message,
  );

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-letters-'));
  await chmod(directory, 0o755); // as root, PostgreSQL runs as another user
  postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  database = await openDatabase(postgres.url);
  await migrate(database);
  broker = await openEmbeddedBroker({ directory: join(directory, 'log') });
  await prepareTopics({ broker, database }, 1);
});
afterAll(async () => {
  await broker?.close();
  await database?.close();
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});
afterEach(async () => {
  for (const transport of running.splice(0)) await transport.close();
});
beforeEach(async () => {
  broken.clear();
  unwritable.clear();
  for (const name of [INPUT.name, OUTPUT.name, LETTERS, 'dispatch.dead-letters']) {
    starts.set(name, (await broker.bounds(name))[0]!.end);
  }
});

describe('what lacks something beside the record', () => {
  it.each(['step', 'wake-up'])('holds its partition up at a %s and is no dead letter', async (kind) => {
    const lacking = kind === 'step' ? 'b lacks' : 'wake-up lacks';
    broken.add(lacking);
    const transport = await listen({ task });
    await produce(
      event(`s/${kind}`, 1, { id: 'a', wakeAt: 1_500 }),
      tick(1_400),
      event(`s/${kind}`, 2, { id: 'b' }, 1_600),
    );
    await until(async () => (await complaint(transport))?.includes(lacking) ?? false);
    broken.clear();
    expect((await outputs(4)).map(([said]) => said)).toEqual(['a', 'woken', 'a b']);
    const { start, end } = (await broker.bounds(LETTERS))[0]!;
    expect(Math.max(start, starts.get(LETTERS)!)).toBe(end);
    expect(await complaint(transport)).toBeNull();
  });
});

describe('a dead letter sent back', () => {
  it('is stepped as of the present, once, and by its own stage only', async () => {
    broken.add('b');
    const transport = await listen({ task });
    await produce(event('s/once', 1, { id: 'a' }), event('s/once', 2, { id: 'b' }), tick(5_000));
    const [letter] = await read(LETTERS, 1);
    broken.clear();
    const again = sentBack(letter!, 'scoring');
    await produce(sentBack(letter!, 'console-features'), again, again, event('s/once', 3, { id: 'c' }, 5_001), again);
    await produce(event('s/other', 1, { id: 'z' }, 5_002));
    expect(await outputs(5)).toEqual([['a', 1_000], ['a b', 5_000], ['a b c', 5_001], ['z', 5_002]]); // prettier-ignore
    await transport.close();

    const second = await listen({ task });
    await produce(again, event('s/other', 2, { id: 'y' }, 5_003));
    expect((await outputs(6)).slice(4)).toEqual([['z y', 5_003]]);
    await second.close();
  });

  it('is late when its customer has been heard of since', async () => {
    broken.add('b');
    await listen({ task });
    await produce(event('s/late', 1, { id: 'a' }, 6_000), event('s/late', 2, { id: 'b' }, 6_001));
    await produce(event('s/late', 3, { id: 'c' }, 6_002), tick(6_500));
    const [letter] = await read(LETTERS, 1);
    broken.clear();
    await produce(sentBack(letter!, 'scoring'), event('s/late', 4, { id: 'd' }, 6_501));
    expect(await outputs(5)).toEqual([['a', 6_000], ['a c', 6_002], ['late b', 6_500], ['a c d', 6_501]]); // prettier-ignore
  });

  it('does not count as a message that has been applied already', async () => {
    broken.add('m');
    await listen({ task: { ...task, messageId: ({ id }) => `message ${id}` } });
    // The sender sends it again, as senders do who heard no answer.
    await produce(event('s/message', 1, { id: 'm' }, 6_900), event('s/message', 2, { id: 'm' }, 6_901));
    const letters = await read(LETTERS, 2);
    broken.clear();
    await produce(...letters.map((letter) => sentBack(letter, 'scoring')), event('s/message', 3, { id: 'n' }, 6_902));
    expect((await outputs(2)).map(([seen]) => seen)).toEqual(['late m', 'n']);
  });

  it('that fails again is a new letter, and the old one is done with', async () => {
    broken.add('a');
    await listen({ task });
    await produce(event('s/again', 1, { id: 'a' }, 7_000));
    const [first] = await read(LETTERS, 1);
    await produce(sentBack(first!, 'scoring'));
    const [, second] = await read(LETTERS, 2);
    expect(second).toMatchObject({ key: 's/again', headers: { [HEADERS.replayOf]: 'a', [HEADERS.sequence]: '1' } });
    broken.clear();
    await produce(sentBack(first!, 'scoring'), sentBack(second!, 'scoring'), event('s/again', 2, { id: 'b' }, 7_001));
    expect((await outputs(2)).map(([seen]) => seen)).toEqual(['a', 'a b']);
  });

  it('that is a wake-up fires at its own instant, unless the customer has another one by now', async () => {
    broken.add('wake-up');
    await listen({ task });
    await produce(
      event('s/w1', 1, { id: 'a', wakeAt: 8_100 }, 8_000),
      event('s/w2', 1, { id: 'b', wakeAt: 8_200 }, 8_000),
    );
    await produce(tick(8_500), event('s/w2', 2, { id: 'c', wakeAt: 9_000 }, 8_600));
    const letters = await read(LETTERS, 2);
    broken.clear();
    await produce(
      ...letters.map((letter) => sentBack(letter, 'scoring')),
      sentBack(letters[0]!, 'scoring'),
      tick(9_500),
    );
    expect((await outputs(7)).slice(2)).toEqual([['b c', 8_600], ['woken', 8_100], ['woken', 9_000]]); // prettier-ignore
  });

  it('is applied by a sink once, in the transaction that remembers it', async () => {
    broken.add('poison');
    const applied: string[] = [];
    let batch: string[] = [];
    const sink: Sink<Event> = {
      name: 'dispatch',
      input: INPUT,
      apply: async (records) => {
        batch = records.flatMap((each) =>
          each.kind === 'record' && each.key === 's/sink' ? [`${each.value.id} ${each.at}`] : [],
        );
        for (const each of records) if (each.kind === 'record') failIf(each.value.id);
      },
      committed: () => void applied.push(...batch),
    };
    await listen({ sink });
    await produce(event('s/sink', 1, { id: 'a' }), event('s/sink', 2, { id: 'poison' }), tick(10_000));
    const [letter] = await read('dispatch.dead-letters', 1);
    expect(letter!.headers[HEADERS.error]).toBe('cannot do poison');
    broken.clear();
    const again = sentBack(letter!, 'dispatch');
    await produce(again, again, sentBack(letter!, 'console-risk'), event('s/sink', 3, { id: 'c' }));
    await produce(again, event('s/sink', 4, { id: 'd' }));
    await until(() => applied.includes('d 1000'));
    expect(applied.filter((each) => each.startsWith('poison'))).toEqual(['poison 10000']);
  });
});

describe('a dead letter', () => {
  it('can be stored whatever its record was', async () => {
    const transport = await listen({ task });
    const start = (await broker.bounds(INPUT.name))[0]!.end;
    const headers = { [HEADERS.eventId]: 'x'.repeat(150), [HEADERS.schema]: 'y'.repeat(5_000) };
    const bare = { key: 's/big', value: new Uint8Array(0), headers, at: 11_000 };
    const used = MAX_RECORD_BYTES - 5_300;
    await produce({ ...bare, value: new Uint8Array(used).fill(0x7b) });
    await produce({ ...bare, key: 'k'.repeat(60_000), headers: {} }, { ...bare, key: 's/\0', headers: {} });
    const [big, longKey, nul] = await read(LETTERS, 3);
    expect(big!.value.length).toBe(used);
    expect(big!.headers).toEqual({
      [HEADERS.schema]: 'y'.repeat(100),
      [HEADERS.replayOf]: 'x'.repeat(150),
      [HEADERS.eventId]: expect.stringMatching(new RegExp(`^[0-9a-f]{8}-0-${start}-0$`)),
      [HEADERS.source]: expect.stringMatching(new RegExp(`^[0-9a-f]{8}/0/${start}\\.0$`)),
      [HEADERS.error]: expect.stringContaining('JSON'),
    });
    expect([big!.key, big!.at]).toEqual(['s/big', 11_000]);
    expect([longKey!.key!.length, longKey!.headers[HEADERS.error]]).toEqual([
      2_000,
      expect.stringMatching(/2000 bytes/),
    ]);
    expect(nul!.key).toBe('s/\0');

    const full = MAX_RECORD_BYTES - 30;
    await produce({ key: 's/big', value: new Uint8Array(full).fill(0x7b), headers: {}, at: 11_000 });
    const cut = (await read(LETTERS, 4))[3]!;
    expect(cut.headers[HEADERS.valueBytes]).toBe(String(full));
    expect(cut.value.length).toBeLessThan(full);
    expect(await complaint(transport)).toBeNull();
  });

  it.each([
    ['for a while', new Error('not enough replicas')],
    ['because it is gone', new PermanentError('no-such-topic', 'There is no topic: create the topics first.')],
  ])('whose topic cannot be written %s stops its partition, which goes on by itself', async (_, reason) => {
    broken.add('b');
    unwritable.set(LETTERS, reason);
    const key = `s/${reason.message}`;
    const transport = await listen({ task });
    await produce(
      event(key, 1, { id: 'a' }, 12_000),
      event(key, 2, { id: 'b' }, 12_001),
      event(key, 3, { id: 'c' }, 12_002),
    );
    await until(async () => /cannot be written/.test((await complaint(transport)) ?? ''));
    for (let i = 0; i < 20; i++) {
      expect(await complaint(transport)).toMatch(
        /^scoring, partition 0: The topic scoring\.dead-letters cannot be written \(.*[a-z]\): this partition waits until it can, for .*\.$/,
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await outputs(1)).toEqual([['a', 12_000]]);
    unwritable.clear();
    expect(await outputs(2)).toEqual([['a', 12_000], ['a c', 12_002]]); // prettier-ignore
    expect(await complaint(transport)).toBeNull();
    expect(await read(LETTERS, 1)).toHaveLength(1);
  });
});
