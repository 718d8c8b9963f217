// `npm run releases -- …`
import { join } from 'node:path';

import { knowsPromotions, migrate } from '@holdfast/postgres';
import { Closing, placeSettings, plainMessage, readSettings } from '@holdfast/service';
import { openPlace } from '@holdfast/stream';

import { type CommandLine, HELP, readCommandLine } from './options.js';
import { compare, type Desk, list, promote, rollback } from './run.js';
import { ReleaseRefused } from './refusal.js';
import { findRelease, readShelf, reportBeside } from './shelf.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const SERVED_FROM = process.env['SCORING_MODELS_DIR'] || join(ROOT, 'models');

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2), ROOT, SERVED_FROM);
  if (command === null) return say(HELP);
  const shelf = await readShelf(command.models);
  if (command.command === 'show') {
    const { hash } = findRelease(shelf, command.release);
    return say((await reportBeside(command.models, hash)) ?? `There is no report beside ${hash}.`);
  }
  const closing = new Closing();
  try {
    await run(command, { ...(await openDesk(command, closing)), shelf, say });
  } finally {
    await closing.run();
  }
}

async function openDesk({ dataDir }: CommandLine, closing: Closing): Promise<Omit<Desk, 'shelf' | 'say'>> {
  const settings = readSettings(placeSettings, process.env);
  const isRunning = settings.KAFKA_BROKERS !== undefined;
  const place = await openPlace({ name: 'releases', settings, dataDir }, closing);
  if (!isRunning) await migrate(place.database);
  else if (!(await knowsPromotions(place.database)))
    throw new ReleaseRefused('The services have not been started in this version yet: do that first.');
  return { ...place, isRunning, servedFrom: SERVED_FROM };
}

function run(command: Exclude<CommandLine, { readonly command: 'show' }>, desk: Desk): Promise<void> {
  switch (command.command) {
    case 'list':
      return list(command, desk);
    case 'rollback':
      return rollback(command, desk);
    case 'promote':
      return promote(command, desk);
    case 'compare':
      return compare(command, desk);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exitCode = 1;
});
