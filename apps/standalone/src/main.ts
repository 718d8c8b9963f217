// `npm start`: reads the command line, starts Holdfast, replays history on the first start, and stays up.
import { writeFile } from 'node:fs/promises';

import { openDataset } from '@holdfast/datasets';
import { onStop, plainMessage, refuseTakenPort } from '@holdfast/service';

import { prepareDataFolder } from './data-folder.js';
import { openEmbedded } from './open-embedded.js';
import { openKafka } from './open-kafka.js';
import { HELP, type Options, readOptions } from './options.js';
import { repositoryRoot } from './repository.js';
import { replaySession } from './session.js';
import { summaryText } from './summary.js';

const say = (text: string) => process.stdout.write(`${text}\n`);

async function run(options: Options): Promise<void> {
  if (options.json !== null) await writeFile(options.json, '', { flag: 'a' }); // says now, not after the replay, that it cannot
  if (options.replay !== null) await openDataset(options.replay); // says now that there is no such file
  await refuseTakenPort(options.port, process.env['HTTP_HOST'] ?? '127.0.0.1');
  await prepareDataFolder(options.dataDir);
  const interrupt = new AbortController();
  const opening = options.kafka ? openKafka(options, process.env) : openEmbedded(options, process.env);
  onStop(async () => {
    say('\n  Stopping; the next start goes on from here.');
    interrupt.abort();
    await (await opening).close();
  });
  const shop = await opening;
  const { consoleUrl, ingestUrl, writeKey, pids, metrics, brokers } = shop;
  process.send?.({ running: { console: consoleUrl, ingest: ingestUrl, writeKey, pids, metrics, brokers } });
  say(`\n  Console  ${consoleUrl}\n  Ingest   ${ingestUrl}/v1  (write key: ${writeKey})\n`);

  const summary = await replaySession(shop, options, interrupt.signal);
  if (interrupt.signal.aborted) return;
  if (summary !== null) {
    say(`${summaryText(summary)}\n`);
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify(summary, null, 2)}\n`);
  }
  if (options.exitAfterReplay) {
    interrupt.abort();
    await shop.close();
    process.exit(0);
  }
  say(`  Ready for live events. Ctrl-C stops; the next start goes on from here.\n`);
}

try {
  const options = readOptions(process.argv.slice(2), repositoryRoot);
  if (options.help) say(HELP);
  else await run(options);
} catch (error) {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exit(1);
}
