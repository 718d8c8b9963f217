// For tests: a folder as `npm start` keeps it, and stages that fail when they are told to.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEmbeddedBroker, type BrokerRecord } from '@holdfast/broker';
import { migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import {
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  encodeJson,
  HEADERS,
  TICK_SCHEMA,
  tickCodec,
  type Topic,
} from '@holdfast/schemas';
import { prepareTopics, type Resources, type Sink, StreamTransport, type Task } from '@holdfast/stream';

/** What the stages of the tests are told. */
export interface Event {
  readonly id: string;
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

/** What fails until it is mended. */
export const broken = new Set<string>();
const failIf = (id: string): void => {
  if (broken.has(id) || broken.has('all')) throw new TypeError(`cannot do ${id}`);
};

const scoring: Task<string[], null, Event, readonly string[]> = {
  name: 'scoring',
  input: topic<Event>(CUSTOMER_FEATURES.name),
  output: topic<readonly string[]>(CUSTOMER_RISK.name),
  state: { version: 1, ...json<string[]>() },
  step(seen = [], { id }) {
    failIf(id);
    return { state: [...seen, id], outputs: [[...seen, id]] };
  },
  stepLate: (seen, { id }) => ({ state: seen ?? null, outputs: [[`late ${id}`]] }),
};

const dispatch: Sink<{ readonly id: string }> = {
  name: 'dispatch',
  input: topic(CUSTOMER_RISK.name),
  async apply(records) {
    for (const each of records) if (each.kind === 'record') failIf(each.value.id);
  },
};

/** A folder, prepared; to be removed. */
export async function makeFolder(partitions = 1): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-dead-letters-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  await withFolder(folder, (resources) => prepareTopics(resources, partitions));
  return folder;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Opens what is in a folder as Holdfast does, and closes it again. */
export async function withFolder<T>(folder: string, work: (resources: Resources) => Promise<T>): Promise<T> {
  const broker = await openEmbeddedBroker({ directory: join(folder, 'log') });
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres') });
  const database = await openDatabase(postgres.url);
  try {
    await migrate(database);
    return await work({ broker, database });
  } finally {
    await database.close();
    await postgres.stop();
    await broker.close();
  }
}

/** A record of the scoring stage's input. */
export const event = (key: string | null, id: string, more: Partial<BrokerRecord> = {}): BrokerRecord => ({
  key,
  value: encodeJson({ id }),
  headers: { [HEADERS.eventId]: id },
  at: Date.UTC(2026, 7, 2, 10, 11, 12),
  ...more,
});

const tickAt = (at: number): BrokerRecord => ({
  key: null,
  value: tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 }),
  headers: { [HEADERS.schema]: TICK_SCHEMA },
  at,
});

/** Appends records and a tick to a stage's input and lets the stages come to it. Returns what scoring has put out so far. */
export async function flow(
  { broker, database }: Resources,
  input: string,
  records: readonly BrokerRecord[] = [],
): Promise<readonly (readonly string[])[]> {
  const producer = await broker.producer();
  await producer.append(input, 0, [...records, tickAt(Date.UTC(2026, 7, 3))]);
  await producer.close();
  const stages = new StreamTransport({
    ...{ broker, database },
    tasks: [scoring as Task<unknown, unknown, unknown, unknown>],
    sinks: [dispatch as Sink<unknown>],
    settings: { sinkLingerMs: 5, checkpointMs: 50, cleanCheckpointMs: 50 },
  });
  await new Promise<void>((resolve, reject) => stages.listen((error) => (error ? reject(error) : resolve())));
  const positions = async () =>
    database.query<{ task: string; position: number }>('select task, position from owners where partition = 0');
  const ends = async () =>
    new Map([
      ['scoring', (await broker.bounds(CUSTOMER_FEATURES.name))[0]!.end],
      ['dispatch', (await broker.bounds(CUSTOMER_RISK.name))[0]!.end],
    ]);
  for (;;) {
    const [reached, end] = [await positions(), await ends()];
    if (reached.length === 2 && reached.every(({ task, position }) => position === end.get(task))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await stages.close();
  const outputs: (readonly string[])[] = [];
  const { end } = (await broker.bounds(CUSTOMER_RISK.name))[0]!;
  const stream = broker.open(CUSTOMER_RISK.name, 0, 0);
  for (let next = 0; next < end;) {
    for (const { key, value, offset } of await stream.next()) {
      next = offset + 1;
      const output = key === null ? null : scoring.output.decode(value);
      if (Array.isArray(output)) outputs.push(output); // other tests write there, too
    }
  }
  await stream.close();
  return outputs;
}
