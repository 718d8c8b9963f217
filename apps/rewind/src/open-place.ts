// Log and database: those of the services on Kafka, or those that `npm start` keeps in a folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEmbeddedBroker } from '@holdfast/broker';
import { openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { type Closing } from '@holdfast/service';
import { connectBroker, type Resources, RewindRefused } from '@holdfast/stream';

import { type RewindSettings } from './settings.js';

/** Opens them; `closing` closes them again, also when this fails half-way. Throws a plain sentence when it cannot. */
export async function openPlace(settings: RewindSettings, dataDir: string, closing: Closing): Promise<Resources> {
  const { KAFKA_BROKERS, DATABASE_URL } = settings;
  if (KAFKA_BROKERS === undefined) return openFolder(dataDir, closing);
  const database = await openDatabase(DATABASE_URL, { applicationName: 'holdfast-rewind', poolSize: 2 });
  closing.add(() => database.close());
  const broker = await connectBroker('rewind', { ...settings, KAFKA_BROKERS });
  closing.add(() => broker.close());
  return { broker, database };
}

async function openFolder(dataDir: string, closing: Closing): Promise<Resources> {
  const directory = join(dataDir, 'log');
  if (!existsSync(directory))
    throw new RewindRefused(
      `There is no log at ${directory}: name the --data-dir of \`npm start\`, or set KAFKA_BROKERS and DATABASE_URL.`,
    );
  const broker = await openEmbeddedBroker({ directory });
  closing.add(() => broker.close());
  const postgres = await startEmbeddedPostgres({ directory: join(dataDir, 'postgres') });
  closing.add(() => postgres.stop());
  const database = await openDatabase(postgres.url, { poolSize: 2 });
  closing.add(() => database.close());
  return { broker, database };
}
