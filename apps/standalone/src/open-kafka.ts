// On a real Kafka, every service a process of its own. Kafka and PostgreSQL are started here unless they are given.
import { join } from 'node:path';

import { startEmbeddedPostgres } from '@holdfast/postgres';
import { Closing, infrastructureSettings, readSettings } from '@holdfast/service';
import { openResources } from '@holdfast/stream';

import { writeKeyOf } from './data-folder.js';
import { startLocalKafka } from './local-kafka.js';
import { type Options } from './options.js';
import { prepare } from './prepare-log.js';
import { type Shop } from './shop.js';
import { type RunningService, startService } from './start-service.js';

const SERVICES = ['features', 'scoring', 'dispatch', 'console', 'ingest'] as const;

/** Starts what is missing of Kafka and PostgreSQL, then one process a service. */
export async function openKafka(options: Options, environment: NodeJS.ProcessEnv): Promise<Shop> {
  const closing = new Closing();
  try {
    const brokers = environment['KAFKA_BROKERS'] ?? (await ownKafka(options, closing));
    const databaseUrl = environment['DATABASE_URL'] ?? (await ownPostgres(options, closing));
    const env: NodeJS.ProcessEnv = { ...environment, KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl };
    const resources = await openResources('start', readSettings(infrastructureSettings, env));
    closing.add(() => resources.close());
    await prepare(resources, env, options.replay === null ? 'live' : 'replay');

    const writeKey = await writeKeyOf(options.dataDir);
    const running = new Map<string, RunningService>();
    for (const name of SERVICES) {
      const service = await startService(name, {
        INGEST_WRITE_KEYS: `${writeKey}=main:replay`,
        ...env,
        HTTP_PORT: String(name === 'console' ? options.port : 0),
        LOG_LEVEL: environment['LOG_LEVEL'] ?? 'warn',
      });
      closing.add(() => service.stop());
      running.set(name, service);
    }
    return {
      consoleUrl: running.get('console')!.url,
      ingestUrl: running.get('ingest')!.url,
      writeKey,
      resources,
      pids: Object.fromEntries([...running].map(([name, { pid }]) => [name, pid])),
      metrics: Object.fromEntries([...running].map(([name, { url }]) => [name, url])),
      brokers,
      close: () => closing.run(),
    };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function ownKafka(options: Options, closing: Closing): Promise<string> {
  process.stderr.write('Starting Kafka …\n');
  const kafka = await startLocalKafka({ directory: join(options.dataDir, 'kafka') });
  closing.add(() => kafka.stop());
  return kafka.brokers;
}

async function ownPostgres(options: Options, closing: Closing): Promise<string> {
  const postgres = await startEmbeddedPostgres({ directory: join(options.dataDir, 'postgres-kafka') });
  closing.add(() => postgres.stop());
  return postgres.url;
}
