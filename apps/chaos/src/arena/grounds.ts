// What a scenario stands on: Kafka, PostgreSQL, a model that the log names, a mail and a webhook server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Broker } from '@holdfast/broker';
import { type Database, migrate, openDatabase, takeClock } from '@holdfast/postgres';
import { type Closing } from '@holdfast/service';
import { appendFirstRelease, connectBroker, prepareTopics } from '@holdfast/stream';

import { type Receivers, startReceivers } from '../receivers/receivers.js';
import { type Kafka, startKafka } from './kafka.js';
import { type ArenaOptions } from './options.js';
import { Postgres } from './postgres.js';
import { setPlace } from './priority.js';
import { Proxy } from './proxy.js';
import { writeQuickRelease } from './quick-release.js';
import { mountSmallDisk } from './small-disk.js';

/** What stands between the services and what they stand on. Our own connections do without. */
export interface Proxies {
  /** One for each node. */
  readonly kafka: readonly Proxy[];
  readonly postgres: Proxy;
}

export interface Grounds {
  /** Everything on disk; gone with the scenario. */
  readonly directory: string;
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  /** Our own connections, not the services'. */
  readonly broker: Broker;
  readonly database: Database;
  readonly receivers: Receivers;
  readonly modelsDirectory: string;
  /** Null unless asked for. */
  readonly proxies: Proxies | null;
  /** PostgreSQL has a disk of its own that can be filled: asked for, and this machine allows mounts. */
  readonly isDatabaseDiskSmall: boolean;
}

/** Kafka and PostgreSQL are of our session. They have to answer all services, each of which is a session of its own. */
const PLACE = -10;

/** Opens them; `closing` ends them again, also when this fails half-way. */
export async function openGrounds(options: ArenaOptions, closing: Closing): Promise<Grounds> {
  const { client, brokers, partitions, horizonSeconds, clock } = options;
  setPlace(process.pid, PLACE);
  closing.add(async () => setPlace(process.pid, 0));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-chaos-'));
  closing.add(() => rm(directory, { recursive: true, force: true }));
  const proxies = options.isProxied ? await openProxies(brokers, closing) : null;
  const kafka = await startKafka(join(directory, 'kafka'), brokers, proxies?.kafka);
  closing.add(() => kafka.stop());
  const home = join(directory, 'postgres');
  const isDatabaseDiskSmall = options.isDatabaseDiskSmall && (await mountSmallDisk(home, closing));
  const postgres = await Postgres.start(home);
  closing.add(() => postgres.stop());
  proxies?.postgres.to(Number(new URL(postgres.url).port));
  const receivers = await startReceivers();
  closing.add(() => receivers.close());

  const database = await openDatabase(postgres.url, { applicationName: 'holdfast-chaos', poolSize: 2 });
  closing.add(() => database.close());
  const broker = await connectBroker('chaos', { KAFKA_BROKERS: kafka.brokers, KAFKA_CLIENT: client });
  closing.add(() => broker.close());
  await migrate(database);
  await prepareTopics({ broker, database }, partitions);
  const modelsDirectory = join(directory, 'models');
  await appendFirstRelease(broker, await writeQuickRelease(modelsDirectory, 1, horizonSeconds), 0);
  await takeClock(database, clock);
  return { directory, kafka, postgres, broker, database, receivers, modelsDirectory, proxies, isDatabaseDiskSmall };
}

async function openProxies(nodes: number, closing: Closing): Promise<Proxies> {
  const open = async () => {
    const proxy = await Proxy.start();
    closing.add(() => proxy.close());
    return proxy;
  };
  const kafka = await Promise.all(Array.from({ length: nodes }, open));
  return { kafka, postgres: await open() };
}
