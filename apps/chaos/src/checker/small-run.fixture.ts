// A whole run in miniature for the checker's tests: the real services in this process, on the embedded log and a real PostgreSQL,
// over 200 days of a small shop. Now and then a send is made to fail after the fact, so that records are written again.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Broker, openEmbeddedBroker, type StoredRecord } from '@holdfast/broker';
import { DispatchModule, dispatchSettings, dispatchTransport } from '@holdfast/dispatch-service';
import { FeaturesModule, featuresTransport } from '@holdfast/features-service';
import { type Database, migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import {
  BEHAVIOR_EVENTS,
  BEHAVIOR_REJECTED,
  CUSTOMER_RISK,
  deadLetterTopic,
  HEADERS,
  partitionOf,
  TICK_SCHEMA,
} from '@holdfast/schemas';
import { ScoringModule, scoringTransport } from '@holdfast/scoring-service';
import { Closing, createContext, readSettings, startServer } from '@holdfast/service';
import { appendFirstRelease, prepareTopics, type Resources } from '@holdfast/stream';

import { dispatchEnvironment } from '../arena/environment.js';
import { repositoryRoot } from '../arena/repository.js';
import { type Evidence } from '../evidence.js';
import { startReceivers } from '../receivers/receivers.js';
import { event, recordOf, sentBack, shopHistory, tick } from './small-shop.fixture.js';

const PARTITIONS = 2;
/** Which sends of a partition fail after the fact. */
const FAILED_SENDS = [1, 3];

export interface SmallRun {
  readonly broker: Broker;
  readonly evidence: Omit<Evidence, 'brokers'>;
  /** A copy of the database at rest, to be spoilt by `spoil`. Returns its address. */
  copy(spoil: (database: Database) => Promise<unknown>): Promise<string>;
  /** Records of a topic. */
  read(topic: string, partition: number): Promise<StoredRecord[]>;
  close(): Promise<void>;
}

export async function smallRun(): Promise<SmallRun> {
  const closing = new Closing();
  try {
    return await run(closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function run(closing: Closing): Promise<SmallRun> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-checker-'));
  await chmod(directory, 0o755); // as root, PostgreSQL runs as another user
  closing.add(() => rm(directory, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  closing.add(() => server.stop());
  const broker = await openEmbeddedBroker({ directory: join(directory, 'log') });
  closing.add(() => broker.close());
  const receivers = await startReceivers();
  closing.add(() => receivers.close());
  const admin = await openDatabase(server.url, { poolSize: 2 });
  closing.add(() => admin.close());
  await admin.query('create database run');
  const database = await openDatabase(addressOf(server.url, 'run'), { poolSize: 20 });
  closing.add(() => database.close());
  await migrate(database);
  await prepareTopics({ broker, database }, PARTITIONS);

  const modelsDirectory = join(repositoryRoot, 'models');
  const champion = (await readFile(join(modelsDirectory, 'champion'), 'utf8')).trim();
  await appendFirstRelease(broker, champion, 0);
  const environment = {
    ...dispatchEnvironment({ receivers } as Parameters<typeof dispatchEnvironment>[0]),
    DISPATCH_HOLD_OUT_SHARE: '0.3',
    DISPATCH_BUDGET_MINOR: '600', // not enough for every day
  };
  const producer = await broker.producer();
  const now = Date.now();
  const accepted = new Set<string>();
  for (const { partition, record, id } of shopHistory(now, PARTITIONS)) {
    await producer.append(BEHAVIOR_EVENTS.name, partition, [record]);
    if (id !== undefined) accepted.add(id);
  }
  accepted.add('refused');
  const body = { messageId: 'refused' };
  const refusal = { shop: 'main', receivedAt: now, reason: 'schema', message: 'no type', pointer: '', body };
  const value = BEHAVIOR_REJECTED.encode(refusal, { id: 'refused', sequence: 0 });
  await producer.append(BEHAVIOR_REJECTED.name, 0, [{ key: 'main/', value, headers: {}, at: now }]);

  const read = (topic: string, partition: number) => readAll(broker, topic, partition);
  const services = await startServices({ broker, database, probe: failures() }, environment, modelsDirectory);
  closing.add(() => services.close());
  await atRest(read, database);
  // What can only be written once something has been decided: a code that is used, a dead letter that is sent back.
  const [coupon] = await database.query<{ customer: string; code: string }>(
    'select customer, code from coupons order by code limit 1',
  );
  const used = event({ customer: coupon!.customer, at: now + 1_000, coupon: coupon!.code, type: 'purchase' });
  accepted.add(used.messageId);
  await producer.append(BEHAVIOR_EVENTS.name, partitionOf(`main/${used.customer}`, PARTITIONS), [recordOf(used)]);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const letters = await read(deadLetterTopic('features'), partition);
    const again = letters.map((letter) => sentBack(letter, 'features'));
    await producer.append(BEHAVIOR_EVENTS.name, partition, [...again, tick(now + 2_000)]);
  }
  await producer.close();
  await atRest(read, database);
  await services.close();
  await database.close();

  let copies = 0;
  return {
    broker,
    read,
    evidence: {
      databaseUrl: addressOf(server.url, 'run'),
      modelsDirectory,
      dispatchEnvironment: environment,
      accepted,
      deliveries: receivers.deliveries,
    },
    async copy(spoil) {
      const name = `copy_${++copies}`;
      await admin.query(`create database ${name} template run`);
      const copied = await openDatabase(addressOf(server.url, name), { poolSize: 2 });
      await spoil(copied);
      await copied.close();
      return addressOf(server.url, name);
    },
    close: () => closing.run(),
  };
}

const addressOf = (url: string, database: string): string => Object.assign(new URL(url), { pathname: database }).href;

/** Some sends of every partition reach the log and are taken for failed. */
function failures(): NonNullable<Resources['probe']> {
  const sends = new Map<string, number>();
  return {
    reached(point, stage, partition) {
      if (point !== 'sent') return;
      const place = `${stage}/${partition}`;
      const count = (sends.get(place) ?? 0) + 1;
      sends.set(place, count);
      if (FAILED_SENDS.includes(count)) throw new Error('nobody knows whether it was sent');
    },
  };
}

async function startServices(resources: Resources, environment: Record<string, string>, modelsDirectory: string) {
  const context = (name: string) => createContext(name, { logLevel: 'silent', processMetrics: false });
  const contexts = [context('features'), context('scoring'), context('dispatch')] as const;
  const scoring = { SCORING_MODELS_DIR: modelsDirectory };
  const dispatch = readSettings(dispatchSettings, environment);
  return startServer(
    {
      modules: [
        FeaturesModule.register(contexts[0], resources, {}),
        ScoringModule.register(contexts[1], resources, scoring),
        DispatchModule.register(contexts[2], resources, dispatch),
      ],
      transports: [
        featuresTransport(contexts[0], resources, {}),
        scoringTransport(contexts[1], resources, scoring),
        dispatchTransport(contexts[2], resources, dispatch),
      ],
    },
    { contexts, host: '127.0.0.1', port: 0 },
  );
}

/** Every stage has applied what there is, every message has left, every event is published. */
async function atRest(read: SmallRun['read'], database: Database): Promise<void> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const isTick = ({ headers }: StoredRecord) => headers[HEADERS.schema] === TICK_SCHEMA;
  const lastOf = (records: readonly StoredRecord[], of: (record: StoredRecord) => boolean) => records.filter(of).at(-1);
  const isThrough = async (partition: number) => {
    const [events, risk] = await Promise.all([BEHAVIOR_EVENTS, CUSTOMER_RISK].map(({ name }) => read(name, partition)));
    if (lastOf(events!, isTick)!.at !== lastOf(risk!, isTick)?.at) return false;
    const [owner] = await database.query<{ position: number }>(
      `select position from owners where task = 'dispatch' and partition = $1`,
      [partition],
    );
    return (owner?.position ?? 0) > (lastOf(risk!, ({ key }) => key !== null)?.offset ?? -1);
  };
  const isIdle = async () => {
    const [left] = await database.query<{ count: number }>(
      `select (select count(*) from messages where state = 'queued') + (select count(*) from intervention_outbox) as count`,
    );
    return left!.count === 0;
  };
  while (!((await Promise.all(partitions.map(isThrough))).every(Boolean) && (await isIdle())))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

async function readAll(broker: Broker, topic: string, partition: number): Promise<StoredRecord[]> {
  const { start, end } = (await broker.bounds(topic))[partition]!;
  const records: StoredRecord[] = [];
  if (start === end) return records;
  const stream = broker.open(topic, partition, start);
  while (records.length < end - start) records.push(...(await stream.next()));
  await stream.close();
  return records;
}
