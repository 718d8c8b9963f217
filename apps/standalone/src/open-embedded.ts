// Everything in this process: embedded broker and PostgreSQL under the data folder, all services on one port.
import { join } from 'node:path';

import { openEmbeddedBroker } from '@holdfast/broker';
import { ConsoleModule, consoleSettings, consoleTransport } from '@holdfast/console-service';
import { DispatchModule, dispatchSettings, dispatchTransport } from '@holdfast/dispatch-service';
import { FeaturesModule, featuresSettings, featuresTransport } from '@holdfast/features-service';
import { IngestModule, ingestSettings } from '@holdfast/ingest-service';
import { openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { ScoringModule, scoringSettings, scoringTransport } from '@holdfast/scoring-service';
import { Closing, createContext, readSettings, startServer } from '@holdfast/service';

import { writeKeyOf } from './data-folder.js';
import { type Options } from './options.js';
import { prepare } from './prepare-log.js';
import { type Shop } from './shop.js';

/** Starts the whole of Holdfast in this process. What was started is stopped again when a later part fails to start. */
export async function openEmbedded(options: Options, environment: NodeJS.ProcessEnv): Promise<Shop> {
  const closing = new Closing();
  try {
    // First: its lock keeps a second Holdfast out of the whole folder.
    const broker = await openEmbeddedBroker({ directory: join(options.dataDir, 'log') });
    closing.add(() => broker.close());
    const postgres = await startEmbeddedPostgres({ directory: join(options.dataDir, 'postgres') });
    closing.add(() => postgres.stop());
    // All services share this pool: a dozen partitions of five stages, and the pages people look at.
    const database = await openDatabase(postgres.url, { poolSize: 24 });
    closing.add(() => database.close());
    const resources = { broker, database };

    const writeKey = await writeKeyOf(options.dataDir);
    const env = { INGEST_WRITE_KEYS: `${writeKey}=main:replay`, ...environment };
    await prepare(resources, env, options.replay === null ? 'live' : 'replay');

    const logLevel = environment['LOG_LEVEL'] ?? 'warn';
    const context = (name: string, processMetrics = false) => createContext(name, { logLevel, processMetrics });
    const contexts = {
      standalone: context('standalone', true),
      ingest: context('ingest'),
      features: context('features'),
      scoring: context('scoring'),
      dispatch: context('dispatch'),
      console: context('console'),
    };
    const settings = {
      ingest: readSettings(ingestSettings, env),
      features: readSettings(featuresSettings, env),
      scoring: readSettings(scoringSettings, env),
      dispatch: readSettings(dispatchSettings, env),
      console: readSettings(consoleSettings, env),
    };
    const app = await startServer(
      {
        modules: [
          IngestModule.register(contexts.ingest, resources, settings.ingest),
          FeaturesModule.register(contexts.features, resources, settings.features),
          ScoringModule.register(contexts.scoring, resources, settings.scoring),
          DispatchModule.register(contexts.dispatch, resources, settings.dispatch),
          ConsoleModule.register(contexts.console, resources, settings.console),
        ],
        transports: [
          featuresTransport(contexts.features, resources, settings.features),
          scoringTransport(contexts.scoring, resources, settings.scoring),
          dispatchTransport(contexts.dispatch, resources, settings.dispatch),
          consoleTransport(contexts.console, resources, settings.console),
        ],
      },
      { contexts: Object.values(contexts), host: settings.console.HTTP_HOST, port: options.port },
    );
    closing.add(() => app.close());
    const url = (await app.getUrl()).replace('[::1]', 'localhost');
    const services = ['ingest', 'features', 'scoring', 'dispatch', 'console'];
    return {
      consoleUrl: url,
      ingestUrl: url,
      writeKey,
      resources,
      pids: { standalone: process.pid },
      metrics: Object.fromEntries(services.map((name) => [name, url])),
      brokers: null,
      close: () => closing.run(),
    };
  } catch (error) {
    await closing.run();
    throw error;
  }
}
