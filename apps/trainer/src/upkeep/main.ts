// `npm run upkeep -- …`
import { join } from 'node:path';

import { Closing, plainMessage } from '@holdfast/service';

import { openDesk } from '../releases/desk.js';
import { readShelf } from '../releases/shelf.js';
import { lookAfter } from './look-after.js';
import { HELP, readUpkeepOptions } from './options.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const SERVED_FROM = process.env['SCORING_MODELS_DIR'] || join(ROOT, 'models');

async function main(): Promise<void> {
  const options = readUpkeepOptions(process.argv.slice(2), ROOT, SERVED_FROM);
  if (options === null) return say(HELP);
  const shelf = await readShelf(options.models);
  const closing = new Closing();
  try {
    await lookAfter(options, { ...(await openDesk('upkeep', options.dataDir, SERVED_FROM, closing)), shelf, say });
  } finally {
    await closing.run();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exitCode = 1;
});
