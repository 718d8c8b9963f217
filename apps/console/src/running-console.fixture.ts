// For tests: a real console on a free port over a real PostgreSQL.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Broker } from '@holdfast/broker';
import { type Database, migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { createContext, readSettings, startServer } from '@holdfast/service';

import { changes } from './changes.js';
import { ConsoleModule } from './console.module.js';
import { writeSeededRelease } from './seeded-release.fixture.js';
import { consoleSettings } from './settings.js';

/** A database with tables and a release to draw curves with. */
export async function startGround() {
  const [directory, models] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'holdfast-console-'))));
  const postgres = await startEmbeddedPostgres({ directory: directory!, durable: false });
  const database = await openDatabase(postgres.url);
  await migrate(database);
  return {
    database,
    models: models!,
    release: await writeSeededRelease(models!),
    async stop() {
      await database.close();
      await postgres.stop();
      for (const folder of [directory!, models!]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A console over a database. Only who asks for the past touches the log: without `broker` there is none. */
export async function startConsole(
  database: Database,
  environment: Readonly<Record<string, string>> = {},
  {
    host = '127.0.0.1',
    port = 0,
    broker,
  }: { readonly host?: string; readonly port?: number; readonly broker?: Broker } = {},
) {
  const resources = { broker: broker as Broker, database };
  const context = createContext('console', { logLevel: 'silent', processMetrics: false });
  const settings = readSettings(consoleSettings, { HTTP_HOST: host, ...environment });
  const app = await startServer(
    { modules: [ConsoleModule.register(context, resources, settings)] },
    { contexts: [context], host, port },
  );
  const url = await app.getUrl();
  return {
    url,
    /** As the sinks would after a commit. */
    changed: () => changes(resources).forEach((tell) => tell()),
    get: (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers, redirect: 'manual' }),
    stop: () => app.close(),
  };
}
