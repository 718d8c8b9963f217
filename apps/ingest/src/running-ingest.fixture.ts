// For tests: a real ingest on a free port, on an embedded log and an embedded PostgreSQL, with a clock moved by hand.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Broker, openEmbeddedBroker } from '@holdfast/broker';
import { type Database, migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, BEHAVIOR_REJECTED, type BehaviorEvent, HEADERS, type RejectedEvent } from '@holdfast/schemas';
import { createContext, startServer } from '@holdfast/service';
import { prepareTopics } from '@holdfast/stream';

import { Ingest, IngestModule } from './ingest.module.js';

export const KEY = 'storefront-key';
export const IMPORT_KEY = 'history-key';
export const REPLAY_KEY = 'replay-key';
export const PARTITIONS = 3;

/** A clock that stands until it is moved. */
export class HandClock {
  constructor(public at = Date.parse('2026-11-25T10:00:00Z')) {}
  wall(): number {
    return this.at;
  }
  monotonic(): number {
    return this.at;
  }
}

/** PostgreSQL and a folder for logs, once a test file. */
export async function startGround() {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-ingest-'));
  const postgresDirectory = await mkdtemp(join(tmpdir(), 'holdfast-ingest-pg-'));
  const postgres = await startEmbeddedPostgres({ directory: postgresDirectory, durable: false });
  const database = await openDatabase(postgres.url);
  await migrate(database);
  let logs = 0;
  return {
    database,
    openLog: () => openEmbeddedBroker({ directory: join(directory, `log-${(logs += 1)}`) }),
    async stop() {
      await database.close();
      await postgres.stop();
      for (const each of [directory, postgresDirectory]) await rm(each, { recursive: true, force: true });
    },
  };
}

/** One entry of the log: an event, or a tick of that instant. */
export type Entry = { readonly event: BehaviorEvent } | { readonly tick: number };

/** Everything in a partition of behavior.events. */
export async function readPartition(broker: Broker, partition: number): Promise<Entry[]> {
  return (await readRecords(broker, BEHAVIOR_EVENTS.name, partition)).map((record) =>
    record.headers[HEADERS.schema] === BEHAVIOR_EVENTS.schema
      ? { event: BEHAVIOR_EVENTS.decode(record.value) }
      : { tick: record.at },
  );
}

/** All events, partition by partition. */
export async function readEvents(broker: Broker): Promise<BehaviorEvent[]> {
  const all = await Promise.all(Array.from({ length: PARTITIONS }, (_, p) => readPartition(broker, p)));
  return all.flat().flatMap((entry) => ('event' in entry ? [entry.event] : []));
}

export async function readRejected(broker: Broker): Promise<RejectedEvent[]> {
  const all = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, p) => readRecords(broker, BEHAVIOR_REJECTED.name, p)),
  );
  return all.flat().map(({ value }) => BEHAVIOR_REJECTED.decode(value));
}

async function readRecords(broker: Broker, topic: string, partition: number) {
  const { start, end } = (await broker.bounds(topic))[partition]!;
  const stream = broker.open(topic, partition, start);
  const records = [];
  while (records.length < end - start) records.push(...(await stream.next()));
  await stream.close();
  return records;
}

/** A running ingest. Ticks only when `ingest.ticker.beat()` is called: its own timer is far slower than any test. */
export async function startIngest(
  ground: { readonly database: Database },
  broker: Broker,
  { time = new HandClock(), settings = {} }: { time?: HandClock; settings?: Record<string, unknown> } = {},
) {
  const resources = { broker, database: ground.database };
  await prepareTopics(resources, PARTITIONS);
  const context = createContext('ingest', { logLevel: 'silent', processMetrics: false });
  const module = IngestModule.register(
    context,
    resources,
    {
      INGEST_WRITE_KEYS: `${KEY}=main,${IMPORT_KEY}=main:import,${REPLAY_KEY}=main:replay`,
      INGEST_CURRENCY: 'GBP',
      INGEST_RATES: 'EUR=0.86,JPY=0.0052',
      INGEST_TICK_MS: 1e8,
      INGEST_CANARY: false,
      INGEST_MAX_IN_FLIGHT_BYTES: 64 * 1024 * 1024,
      INGEST_ACK_TIMEOUT_MS: 10_000,
      ...settings,
    },
    time,
  );
  const app = await startServer({ modules: [module] }, { contexts: [context], host: '127.0.0.1', port: 0 });
  const url = await app.getUrl();
  const post = async (
    path: string,
    body: unknown,
    options: { key?: string | null; headers?: Record<string, string> } = {},
  ) => {
    const key = options.key === undefined ? KEY : options.key;
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }),
        ...options.headers,
      },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  return { url, post, context, time, ingest: app.get(Ingest), stop: () => app.close() };
}
