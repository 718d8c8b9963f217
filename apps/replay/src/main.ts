// `npm run replay -- …`
import { openDataset } from '@holdfast/datasets';
import { migrate, openDatabase, type ReplayCounts } from '@holdfast/postgres';
import { toIso } from '@holdfast/schemas';
import { plainMessage, readSettings } from '@holdfast/service';

import { importHistory } from './import-history.js';
import { type CommandLine, HELP, readCommandLine } from './options.js';
import { previewDataset, previewText } from './preview.js';
import { ReplayRefused } from './refusal.js';
import { runReplay } from './run-replay.js';
import { replaySettings } from './settings.js';
import { type ReplaySource } from './survey.js';
import { whatIf } from './what-if/run.js';

const number = (value: number): string => Math.round(value).toLocaleString('en-GB');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What these say is made for people. */
function plain(error: Error): never {
  throw new ReplayRefused(error.message);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new ReplayRefused('Stopped.'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  if (args.some((arg) => /^--what-if(=|$)/.test(arg))) return whatIf(args, { say, progress }, stop.signal);
  const command = readCommandLine(args);
  if (command === null) return say(HELP);
  const dataset = await openDataset(command.data, command.layout).catch(plain);
  if (command.dryRun) return say(previewText(await previewDataset(dataset), Date.now()));
  await send(command, dataset, stop.signal);
}

async function send(command: CommandLine, dataset: ReplaySource, signal: AbortSignal): Promise<void> {
  const settings = readSettings(replaySettings, process.env);
  const ingestUrl = command.url ?? settings.REPLAY_URL;
  const writeKey = command.writeKey ?? settings.REPLAY_WRITE_KEY;
  if (writeKey === undefined)
    throw new ReplayRefused(
      'A write key that may replay (with --import: import) is needed: --write-key KEY, or REPLAY_WRITE_KEY.',
    );
  const shared = { ingestUrl, writeKey, dataset, signal };
  if (command.isImport) {
    const counts = await importHistory({ ...shared, onProgress: ({ read }) => progress(`${number(read)} lines`) });
    progress('');
    return say(`${signal.aborted ? 'stopped: ' : ''}${countsText(counts)}`);
  }
  const database = await openDatabase(settings.DATABASE_URL, { applicationName: 'holdfast-replay', poolSize: 2 }).catch(
    plain,
  );
  try {
    await migrate(database);
    const summary = await runReplay({
      ...{ ...shared, database, speed: command.speed },
      onProgress: ({ share, at, eventsPerSecond }) =>
        progress(
          `${(share * 100).toFixed(1)} %  ${at === null ? '' : toIso(at).slice(0, 10)}  ${number(eventsPerSecond)} events/s`,
        ),
    });
    progress('');
    if (summary.outcome === 'already-done') return say(`${summary.name} has been replayed into this log already.`);
    const seconds = `${summary.wallSeconds.toFixed(1)} s, ${number(summary.eventsPerSecond)} events/s`;
    const again = summary.outcome === 'stopped' ? 'stopped; the same command goes on from here: ' : '';
    say(`${again}${countsText(summary.counts)} in ${seconds}`);
  } finally {
    await database.close();
  }
}

/** One line that is written over; nothing where the output is no terminal. */
function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
}

function countsText({ read, accepted, rejected }: ReplayCounts): string {
  const reasons = Object.entries(rejected).map(([reason, n]) => `${number(n)} ${reason}`);
  return `${number(accepted)} of ${number(read)} lines taken in${reasons.length > 0 ? ` (not: ${reasons.join(', ')})` : ''}`;
}

main().catch((error: Error) => {
  process.stderr.write(`${plainMessage(error)}\n`);
  process.exitCode = 1;
});
