// `npm run releases -- …`
import { Closing, plainMessage } from '@holdfast/service';

import { REPOSITORY, SERVED_FROM } from '../places.js';
import { type Desk, openDesk } from './desk.js';
import { type CommandLine, HELP, readCommandLine } from './options.js';
import { compare, list, promote, rollback } from './run.js';
import { findRelease, readShelf, reportBeside } from './shelf.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2), REPOSITORY, SERVED_FROM);
  if (command === null) return say(HELP);
  const shelf = await readShelf(command.models);
  if (command.command === 'show') {
    const { hash } = findRelease(shelf, command.release);
    return say((await reportBeside(command.models, hash)) ?? `There is no report beside ${hash}.`);
  }
  const closing = new Closing();
  try {
    await run(command, { ...(await openDesk('releases', command.dataDir, SERVED_FROM, closing)), shelf, say });
  } finally {
    await closing.run();
  }
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
