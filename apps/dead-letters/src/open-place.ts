// Log and database: those of the services on Kafka, or those that `npm start` keeps in a folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openEmbeddedBroker, PermanentError } from '@holdfast/broker';
import { knowsReplayedLetters, migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import { Closing } from '@holdfast/service';
import { connectBroker } from '@holdfast/stream';

import { DeadLettersRefused } from './refusal.js';
import { type DeadLettersSettings } from './settings.js';
import { type Place } from './standing.js';

/** An open place. `isRunning`: its stages take in what is sent back at once; otherwise when Holdfast is started. */
export interface OpenPlace extends Place {
  readonly isRunning: boolean;
  close(): Promise<void>;
}

/** Opens it. Throws a plain sentence when it cannot be. */
export async function openPlace(settings: DeadLettersSettings, dataDir: string): Promise<OpenPlace> {
  const closing = new Closing();
  try {
    const { KAFKA_BROKERS } = settings;
    const place =
      KAFKA_BROKERS === undefined
        ? await openFolder(dataDir, closing)
        : await openKafka({ ...settings, KAFKA_BROKERS }, closing);
    return { ...place, isRunning: KAFKA_BROKERS !== undefined, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function openKafka(
  settings: DeadLettersSettings & { readonly KAFKA_BROKERS: string },
  closing: Closing,
): Promise<Place> {
  const database = await openDatabase(settings.DATABASE_URL, { applicationName: 'holdfast-dead-letters', poolSize: 2 });
  closing.add(() => database.close());
  if (!(await knowsReplayedLetters(database))) {
    throw new DeadLettersRefused(
      'The database has not been used by this release yet, and older services cannot take letters back: start this one first.',
    );
  }
  const broker = await connectBroker('dead-letters', settings);
  closing.add(() => broker.close());
  return { broker, database };
}

async function openFolder(dataDir: string, closing: Closing): Promise<Place> {
  const directory = join(dataDir, 'log');
  if (!existsSync(directory)) {
    throw new DeadLettersRefused(
      `There is no log at ${directory}: name the --data-dir of \`npm start\`, or set KAFKA_BROKERS and DATABASE_URL.`,
    );
  }
  const broker = await openEmbeddedBroker({ directory }).catch((error: unknown) => {
    if (!(error instanceof PermanentError) || error.code !== 'locked') throw error;
    throw new DeadLettersRefused(
      `Holdfast is running on ${dataDir} (process ${error.context['pid']}): stop it with Ctrl-C, run this again, then start it.`,
    );
  });
  closing.add(() => broker.close());
  const postgres = await startEmbeddedPostgres({ directory: join(dataDir, 'postgres') });
  closing.add(() => postgres.stop());
  const database = await openDatabase(postgres.url, { poolSize: 2 });
  closing.add(() => database.close());
  await migrate(database);
  return { broker, database };
}
