// `npm run upkeep -- …`
import { Closing, plainMessage } from '@holdfast/service';

import { REPOSITORY, SERVED_FROM } from '../places.js';
import { openDesk } from '../releases/desk.js';
import { readShelf } from '../releases/shelf.js';
import { lookAfter } from './look-after.js';
import { HELP, readUpkeepOptions } from './options.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const options = readUpkeepOptions(process.argv.slice(2), REPOSITORY, SERVED_FROM);
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
