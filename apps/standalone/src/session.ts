// The replay of a data set into a running Holdfast: progress, the wait until every stage is through, the summary.
import { openDataset } from '@holdfast/datasets';
import { type ClockState, goLive, readClock } from '@holdfast/postgres';
import { type ReplaySummary, runReplay } from '@holdfast/replay';
import { BEHAVIOR_EVENTS, DAY, type Millis, toIso } from '@holdfast/schemas';

import { untilApplied } from './applied.js';
import { metricsPage, metricValues } from './metrics-page.js';
import { type Options } from './options.js';
import { type Progress, showProgress } from './progress.js';
import { type Shop } from './shop.js';
import { type Summary } from './summary.js';

/** A replay that cannot be done; the message says why. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/**
 * Replays what the options name, unless that has been done in this data folder. Resolves when every stage has applied it all,
 * to what it came to; null when there was nothing to replay or nothing to tell.
 */
export async function replaySession(shop: Shop, options: Options, signal: AbortSignal): Promise<Summary | null> {
  const clock = await readClock(shop.resources.database);
  if (options.replay === null) {
    await startClock(shop, clock);
    return null;
  }
  const asked = options.isReplayNamed || options.exitAfterReplay || options.json !== null;
  if (clock?.mode === 'live' && !asked) return null;
  const dataset = await openDataset(options.replay);
  const goesOn = clock?.replay ? 'Going on with the replay of' : 'Replaying';
  const about = dataset.about.replace(/\.$/, '');
  process.stdout.write(`  ${goesOn} ${dataset.name} (${about}).\n  Simulated: nobody is contacted.\n\n`);
  const started = performance.now();
  const progress = showProgress('  Replay', process.stdout);
  let replayed: ReplaySummary;
  try {
    replayed = await runReplay({
      ingestUrl: shop.ingestUrl,
      writeKey: shop.writeKey,
      dataset,
      database: shop.resources.database,
      speed: options.speed,
      signal,
      onProgress: ({ share, at, eventsPerSecond }) => {
        progress.update(share, `${at === null ? '' : day(at)}  ${Math.round(eventsPerSecond)} events/s`);
        process.send?.({ progress: share });
      },
    });
    if (replayed.outcome === 'stopped') return null;
    await drain(shop, progress);
  } finally {
    progress.stop();
  }
  const wallSeconds = (performance.now() - started) / 1_000;
  return summarise(shop, replayed, wallSeconds);
}

/** Without a replay the log's clock is live; one that a replay has begun to move belongs to that replay. */
async function startClock(shop: Shop, clock: ClockState | null): Promise<void> {
  if (clock?.mode === 'live') return;
  if (clock?.replay)
    throw new ReplayError(
      `The replay of ${clock.replay.name} in this data folder is not through: start without --no-replay to finish it, ` +
        'or choose another folder with --data-dir.',
    );
  await goLive(shop.resources.database);
}

async function drain(shop: Shop, progress: Progress): Promise<void> {
  const { broker, database } = shop.resources;
  const partitions = await broker.partitions(BEHAVIOR_EVENTS.name);
  const lastTick = (await readClock(database))?.lastTick ?? 0;
  await untilApplied(shop, partitions, lastTick, (reached) => {
    const behindDays = (lastTick - reached) / DAY;
    progress.update(1, reached === 0 ? 'starting' : `${Math.ceil(behindDays)} days of stream time to go through`);
  });
  progress.update(1, `up to ${day(lastTick)}`);
}

async function summarise(shop: Shop, replayed: ReplaySummary, wallSeconds: number): Promise<Summary> {
  const until = encodeURIComponent(toIso(replayed.lastAt));
  const response = await fetch(`${shop.consoleUrl}/api/summary?until=${until}`, { headers: authorization() });
  if (!response.ok) throw new Error(`the console answered ${response.status}: ${await response.text()}`);
  const told = (await response.json()) as Pick<Summary, 'customers' | 'crossings' | 'decisions' | 'outcomes'>;
  const page = await metricsPage(shop.metrics['features']!);
  const duplicates = metricValues(page, 'holdfast_stream_records_total', { stage: 'features', outcome: 'duplicate' });
  const { read, accepted, rejected } = replayed.counts;
  const sorted = Object.fromEntries(Object.entries(rejected).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    events: { read, accepted, duplicates: duplicates[0] ?? 0, rejected: sorted },
    ...told,
    wallSeconds: Number(wallSeconds.toFixed(1)),
    eventsPerSecond: Math.round(accepted / wallSeconds),
  };
}

const authorization = (): Record<string, string> => {
  const token = process.env['CONSOLE_TOKEN'];
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
};

const day = (at: Millis): string => toIso(at).slice(0, 10);
