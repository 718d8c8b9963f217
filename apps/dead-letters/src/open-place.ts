// Where letters are, and whether its stages are running.
import { knowsReplayedLetters, migrate } from '@holdfast/postgres';
import { Closing, type placeSettings } from '@holdfast/service';
import { openPlace as openLogAndDatabase } from '@holdfast/stream';
import { type Static } from '@sinclair/typebox';

import { DeadLettersRefused } from './refusal.js';
import { type Place } from './standing.js';

/** An open place. `isRunning`: its stages take in what is sent back at once; otherwise when Holdfast is started. */
export interface OpenPlace extends Place {
  readonly isRunning: boolean;
  close(): Promise<void>;
}

/** Opens it. Throws a plain sentence when it cannot be. */
export async function openPlace(settings: Static<typeof placeSettings>, dataDir: string): Promise<OpenPlace> {
  const closing = new Closing();
  const isRunning = settings.KAFKA_BROKERS !== undefined;
  try {
    const place = await openLogAndDatabase({ name: 'dead-letters', settings, dataDir }, closing);
    if (!isRunning) await migrate(place.database);
    else if (!(await knowsReplayedLetters(place.database)))
      throw new DeadLettersRefused(
        'The database has not been used by this release yet, and older services cannot take letters back: start this one first.',
      );
    return { ...place, isRunning, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}
