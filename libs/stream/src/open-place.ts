// Log and database for a command that works beside the services, or in their place: those of Kafka, or those that `npm start` keeps in
// a folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEmbeddedBroker, PermanentError } from '@holdfast/broker';
import { openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';

import { connectBroker, type Connections } from './open-resources.js';
import { type Resources } from './resources.js';

/** Where it is. */
export interface PlaceOptions {
  /** The command, as Kafka and PostgreSQL will call it. */
  readonly name: string;
  /** Without KAFKA_BROKERS: the folder. */
  readonly settings: Pick<Connections, 'KAFKA_CLIENT' | 'DATABASE_URL'> & { readonly KAFKA_BROKERS?: string };
  readonly dataDir: string;
}

/** The log that is asked for is not there, or in use; the message says what to do. */
export class PlaceRefused extends Error {
  override readonly name = 'PlaceRefused';
}

/** Opens them. What is open is given to `closing`, also when this fails half-way. Throws {@link PlaceRefused}. */
export async function openPlace(
  { name, settings, dataDir }: PlaceOptions,
  closing: { add(close: () => Promise<void>): void },
): Promise<Resources> {
  const { KAFKA_BROKERS, DATABASE_URL } = settings;
  if (KAFKA_BROKERS === undefined) return openFolder(dataDir, closing);
  const database = await openDatabase(DATABASE_URL, { applicationName: `holdfast-${name}`, poolSize: 2 });
  closing.add(() => database.close());
  const broker = await connectBroker(name, { ...settings, KAFKA_BROKERS });
  closing.add(() => broker.close());
  return { broker, database };
}

async function openFolder(dataDir: string, closing: { add(close: () => Promise<void>): void }): Promise<Resources> {
  const directory = join(dataDir, 'log');
  if (!existsSync(directory)) {
    throw new PlaceRefused(
      `There is no log at ${directory}: name the --data-dir of \`npm start\`, or set KAFKA_BROKERS and DATABASE_URL.`,
    );
  }
  const broker = await openEmbeddedBroker({ directory }).catch((error: unknown) => {
    if (!(error instanceof PermanentError) || error.code !== 'locked') throw error;
    throw new PlaceRefused(
      `Holdfast is running on ${dataDir} (process ${error.context['pid']}): stop it with Ctrl-C, run this again, then start it.`,
    );
  });
  closing.add(() => broker.close());
  const postgres = await startEmbeddedPostgres({ directory: join(dataDir, 'postgres') });
  closing.add(() => postgres.stop());
  const database = await openDatabase(postgres.url, { poolSize: 2 });
  closing.add(() => database.close());
  return { broker, database };
}
