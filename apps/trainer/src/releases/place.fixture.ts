// For tests: a folder as `npm start` keeps it, with log, database, a folder for releases, and a history.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BrokerRecord, scan } from '@holdfast/broker';
import { openDataset } from '@holdfast/datasets';
import { migrate } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, customerKey, HEADERS, partitionOf, RELEASE_SCHEMA, releaseCodec } from '@holdfast/schemas';
import { Closing, placeSettings, readSettings } from '@holdfast/service';
import { openPlace, prepareTopics, type Resources } from '@holdfast/stream';

import { historyText } from './shelf.fixture.js';

export interface TestPlace extends Resources {
  readonly folder: string;
  readonly models: string;
  /** A file that can be read as data. */
  readonly history: string;
  /** Closes log and database, which another process may open then. */
  release(): Promise<void>;
  /** Closes all, and removes it. */
  remove(): Promise<void>;
}

const PARTITIONS = 2;

/** A log with nothing in it. */
export async function openTestPlace(): Promise<TestPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-releases-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  const [models, history] = [join(folder, 'models'), join(folder, 'history.csv')];
  await mkdir(models);
  await mkdir(join(folder, 'log'));
  await writeFile(history, historyText());
  const closing = new Closing();
  const remove = async () => {
    await closing.run();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const settings = readSettings(placeSettings, {});
    const place = await openPlace({ name: 'test', settings, dataDir: folder }, closing);
    await migrate(place.database);
    await prepareTopics(place, PARTITIONS);
    return { ...place, folder, models, history, release: () => closing.run(), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Writes the history into the log, as ingest does. */
export async function fillLog({ broker, history }: TestPlace): Promise<void> {
  const producer = await broker.producer();
  const records: BrokerRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  for await (const line of (await openDataset(history)).events()) {
    if ('reason' in line) throw new Error(line.reason);
    const { event } = line;
    const key = customerKey(event.shop, event.customer);
    const headers = { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: event.messageId };
    const value = BEHAVIOR_EVENTS.encode(event, { id: event.messageId, sequence: 0 });
    records[partitionOf(key, PARTITIONS)]!.push({ key, value, headers, at: event.receivedAt });
  }
  for (const [partition, own] of records.entries()) await producer.append(BEHAVIOR_EVENTS.name, partition, own);
  await producer.close();
}

/** Scoring has come to a release in these partitions. */
export const scores = ({ database }: TestPlace, hash: string, partitions: string) =>
  database.query(
    `insert into owners (task, partition, shared, shared_version)
     select 'scoring', p, convert_to($1, 'UTF8'), 1 from unnest($2::integer[]) p
     on conflict (task, partition) do update set shared = excluded.shared`,
    [hash, partitions],
  );

/** A message of the shop leaves. */
export const sends = ({ database }: TestPlace, at: number) =>
  database.query(
    `insert into messages (shop, decision_id, partition, customer, playbook, origin, channel, subject, body, at, send_at, next_try_at, state, sent_at)
     values ('main', concat('d', $1::bigint), 0, 'c1', 'win-back', 'live', 'email', '', '', $1, $1, $1, 'sent', $1 + 1000)`,
    [at],
  );

/** How customers are drawn. */
interface Drawn {
  readonly playbook: string;
  readonly arm: 'treatment' | 'hold-out';
  /** Of the arm. */
  readonly propensity: number;
  readonly at: number;
  readonly isSimulated?: boolean;
}

/** Dispatch has decided about customers. */
export const draws = (
  { database }: TestPlace,
  customers: readonly string[],
  { playbook, arm, propensity, at, isSimulated = false }: Drawn,
) =>
  database.query(
    `insert into decisions (shop, id, partition, customer, playbook, origin, is_simulated, arm, propensity, is_unit, channel, cost_minor,
                            at, send_at, open_until, matures_at, risk, prior_orders, prior_spend_minor)
     select 'main', concat_ws('-', $1::text, $5::bigint, $6::boolean, c), 0, c, $1, 'live', $6, $3, $4, false, 'email', 0, $5, $5, $5, $5, .5, 1, 1
       from unnest($2::text[]) c`,
    [playbook, customers, arm, propensity, at, isSimulated],
  );

/** Releases of one partition of the log, oldest first. */
export async function released({ broker }: TestPlace): Promise<string[]> {
  const bounds = (await broker.bounds(BEHAVIOR_EVENTS.name))[1]!;
  const found: string[] = [];
  for await (const { value, headers } of scan(broker, { topic: BEHAVIOR_EVENTS.name, partition: 1 }, bounds))
    if (headers[HEADERS.schema] === RELEASE_SCHEMA) found.push(releaseCodec.decode(value).artifact);
  return found;
}
