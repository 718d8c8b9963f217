// `npm run rewind -- …`
import { join } from 'node:path';

import { Closing, placeSettings, plainMessage, readSettings } from '@holdfast/service';
import { openPlace, planRewind, rewind } from '@holdfast/stream';

import { HELP, readCommandLine } from './options.js';
import { STAGES } from './stages.js';
import { doneText, NOTHING_TO_DO, planText } from './texts.js';
import { noteTold } from './told.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2), join(import.meta.dirname, '..', '..', '..'));
  if (command === null) return say(HELP);
  const closing = new Closing();
  try {
    const settings = readSettings(placeSettings, process.env);
    const place = await openPlace({ name: 'rewind', settings, dataDir: command.dataDir }, closing);
    const plan = await planRewind(place, STAGES);
    if (plan.length === 0) return say(NOTHING_TO_DO);
    if (!command.yes) return say(planText(plan));
    const told = await noteTold(place);
    await rewind(place, plan);
    say(doneText(told));
  } finally {
    await closing.run();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exitCode = 1;
});
