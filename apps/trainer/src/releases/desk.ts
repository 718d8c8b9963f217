// What commands on releases work on: log and database of the services, or those that `npm start` keeps, and the releases in a folder.
import { resolve } from 'node:path';

import { knowsPromotions, migrate } from '@holdfast/postgres';
import { type Closing, placeSettings, readSettings } from '@holdfast/service';
import { openPlace, type Resources } from '@holdfast/stream';

import { ReleaseRefused } from './refusal.js';
import { type Shelved } from './shelf.js';

/** What a command works on. */
export interface Desk extends Resources {
  readonly shelf: readonly Shelved[];
  /** Its stages take up a release at once; otherwise when Holdfast is started. */
  readonly isRunning: boolean;
  /** Where `npm start` reads releases from. */
  readonly servedFrom: string;
  say(text: string): void;
}

/** Opens log and database; `name`: of the command, `servedFrom`: as in {@link Desk}. Throws {@link ReleaseRefused}. */
export async function openDesk(
  name: string,
  dataDir: string,
  servedFrom: string,
  closing: Closing,
): Promise<Omit<Desk, 'shelf' | 'say'>> {
  const settings = readSettings(placeSettings, process.env);
  const isRunning = settings.KAFKA_BROKERS !== undefined;
  const place = await openPlace({ name, settings, dataDir }, closing);
  if (!isRunning) await migrate(place.database);
  else if (!(await knowsPromotions(place.database)))
    throw new ReleaseRefused('The services have not been started in this version yet: do that first.');
  return { ...place, isRunning, servedFrom };
}

/** A partition that cannot find its model waits, and a rollback would lie behind that in the log. */
export function refuseElsewhere(models: string, { isRunning, servedFrom }: Desk): void {
  if (isRunning || resolve(models) === resolve(servedFrom)) return;
  throw new ReleaseRefused(
    `\`npm start\` reads releases from ${servedFrom}, not from ${models}: copy the file there, or set SCORING_MODELS_DIR.`,
  );
}
