// `npm run dead-letters -- …`
import { join } from 'node:path';

import { placeSettings, plainMessage, readSettings } from '@holdfast/service';

import { openPlace } from './open-place.js';
import { HELP, readCommandLine } from './options.js';
import { run } from './run.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2), join(import.meta.dirname, '..', '..', '..'));
  if (command === null) return say(HELP);
  const place = await openPlace(readSettings(placeSettings, process.env), command.dataDir);
  try {
    const width = process.stdout.isTTY ? process.stdout.columns : Infinity;
    if (!(await run(command, place, { say, width }))) process.exitCode = 1;
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exitCode = 1;
});
