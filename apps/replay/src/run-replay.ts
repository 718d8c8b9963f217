// A data set into ingest, in stream time: holds the log's clock from the first line to the last, writes the ticks, then hands
// the clock over to live. Resumes at the last acknowledged line; what is sent twice is dropped by message id.
import {
  beginReplay,
  type ClockState,
  goLive,
  type ReplayCounts,
  saveReplayProgress,
  type Transaction,
} from '@holdfast/postgres';
import { HOUR, type Millis, MINUTE } from '@holdfast/schemas';

import { type Batch, batchesOf } from './batches.js';
import { feed } from './feed.js';
import { pause } from './pause.js';
import { ReplayRefused } from './refusal.js';
import { type Receipt, sendBatch } from './sender.js';
import { type ReplaySource, type Survey, surveyDataset, weekShift } from './survey.js';

export interface ReplayOptions {
  readonly ingestUrl: string;
  /** Must be allowed to replay. */
  readonly writeKey: string;
  readonly dataset: ReplaySource;
  /** Where the log's clock is kept. */
  readonly database: Transaction;
  /** Stream seconds a second; default Infinity: as fast as it goes. */
  readonly speed?: number;
  readonly onProgress?: (progress: ReplayProgressView) => void;
  /** Stops at once; a batch under way is sent again when the replay goes on. */
  readonly signal?: AbortSignal;
  /** Default 6 h of stream time; less where the speed is low. */
  readonly tickMs?: Millis;
  readonly batchSize?: number;
  readonly giveUpMs?: number;
  /** Wall clock; default the real one. */
  readonly now?: () => Millis;
}

/** How far a replay is. */
export interface ReplayProgressView {
  readonly counts: ReplayCounts;
  /** Lines of the data set in all. */
  readonly lines: number;
  /** 0..1 */
  readonly share: number;
  /** Stream time, shifted. */
  readonly at: Millis | null;
  readonly eventsPerSecond: number;
}

/** What came of it. Counts are those of the whole replay, earlier attempts included. */
export interface ReplaySummary {
  readonly name: string;
  readonly layout: string;
  /** `done`: just now; `already-done`: some time ago, nothing was sent; `stopped`: by the signal, resumes when called again. */
  readonly outcome: 'done' | 'already-done' | 'stopped';
  readonly counts: ReplayCounts;
  readonly weekShiftMs: Millis;
  /** First and last event of the data set, shifted. */
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  /** Of this attempt. */
  readonly wallSeconds: number;
  readonly eventsPerSecond: number;
}

const BATCH_BYTES = 480 * 1024;

/** Replays. Throws {@link ReplayRefused} when the log belongs to something else, or ingest refuses. */
export async function runReplay(options: ReplayOptions): Promise<ReplaySummary> {
  const now = options.now ?? Date.now;
  const { dataset, database } = options;
  const signal = options.signal ?? new AbortController().signal;
  const survey = await surveyDataset(dataset);
  if (survey === null) throw new ReplayRefused(`${dataset.name} holds no event: try --dry-run to see why.`);
  const identity = { name: dataset.name, hash: survey.hash };
  const state = await beginReplay(database, { ...identity, weekShiftMs: weekShift(survey.lastAt, now()) });
  const shiftMs = shiftOf(state, identity);
  const started = performance.now();
  const base = { name: dataset.name, layout: dataset.layout, weekShiftMs: shiftMs };
  const span = { firstAt: survey.firstAt + shiftMs, lastAt: survey.lastAt + shiftMs };
  if (state.mode === 'live')
    return { ...base, ...span, outcome: 'already-done', counts: state.counts, wallSeconds: 0, eventsPerSecond: 0 };

  const run = new Run(options, { state, survey, signal });
  const items = feed(dataset, {
    ...{ shiftMs, tickMs: tickSpacing(options), acknowledged: state.acknowledged, lastTick: state.lastTick },
    // Up to nearly now: the live clock goes on from the last tick. Never the future: ingest would refuse it.
    until: () => now() - MINUTE,
  });
  const batches = batchesOf(items, {
    mostItems: options.batchSize ?? 500,
    mostBytes: BATCH_BYTES,
    wait: (ms) => pause(ms, signal),
    ...pacing(options.speed ?? Infinity),
  });
  const finished = await run.deliverAll(batches);
  if (finished) await goLive(database);
  const wallSeconds = (performance.now() - started) / 1_000;
  const eventsPerSecond = wallSeconds > 0 ? (run.counts.accepted - state.counts.accepted) / wallSeconds : 0;
  const outcome = finished ? 'done' : 'stopped';
  return { ...base, ...span, outcome, counts: run.counts, wallSeconds, eventsPerSecond };
}

/** One attempt: sends batch after batch, and stores how far it is. */
class Run {
  counts: ReplayCounts;
  #acknowledged: number;
  #sent = 0;
  readonly #started = performance.now();

  constructor(
    private readonly options: ReplayOptions,
    private readonly given: { readonly state: ClockState; readonly survey: Survey; readonly signal: AbortSignal },
  ) {
    this.counts = given.state.counts;
    this.#acknowledged = given.state.acknowledged;
  }

  /** False when stopped by the signal. The next batch is read while one is under way. */
  async deliverAll(batches: AsyncIterable<Batch>): Promise<boolean> {
    const { signal } = this.given;
    let underWay: Promise<void> = Promise.resolve();
    try {
      for await (const batch of batches) {
        await underWay;
        if (signal.aborted) return false;
        underWay = this.#deliver(batch);
        underWay.catch(() => undefined);
      }
      await underWay;
      return !signal.aborted;
    } catch (error) {
      if (!signal.aborted) throw error;
      await underWay.catch(() => undefined);
      return false;
    }
  }

  async #deliver(batch: Batch): Promise<void> {
    const { ingestUrl, writeKey, database, giveUpMs = 60_000 } = this.options;
    const { signal } = this.given;
    const receipt = await sendBatch(batch.body, {
      ...{ ingestUrl, writeKey, signal, giveUpMs },
      wait: (ms) => pause(ms, signal),
    });
    this.counts = add(this.counts, batch, receipt);
    const progress = { acknowledged: batch.line, counts: this.counts, lastTick: batch.lastTick };
    if (!(await saveReplayProgress(database, this.#acknowledged, progress)))
      throw new ReplayRefused('Another process replays into this log: this one has stopped.');
    this.#acknowledged = batch.line;
    this.#sent += batch.events;
    this.#tell(batch);
  }

  #tell({ line, at }: Batch): void {
    const { lines } = this.given.survey;
    const seconds = (performance.now() - this.#started) / 1_000;
    this.options.onProgress?.({
      counts: this.counts,
      lines,
      share: line / lines,
      at,
      eventsPerSecond: seconds > 0 ? this.#sent / seconds : 0,
    });
  }
}

function shiftOf(state: ClockState, identity: { readonly name: string; readonly hash: string }): Millis {
  if (state.replay === null)
    throw new ReplayRefused(
      'The clock of this log is live already, so that no replay can begin: start with an empty data folder, or add history with --import.',
    );
  if (state.replay.hash !== identity.hash)
    throw new ReplayRefused(
      `This log holds another replay (${state.replay.name}${state.replay.name === identity.name ? ', with other content' : ''}): start with an empty data folder to replay ${identity.name}.`,
    );
  return state.replay.weekShiftMs;
}

/** With a low speed, ticks come at least every half second. */
function tickSpacing({ speed = Infinity, tickMs = 6 * HOUR }: ReplayOptions): Millis {
  return speed === Infinity ? tickMs : Math.max(1_000, Math.min(tickMs, Math.round(speed * 500)));
}

function pacing(speed: number): { dueIn?: (at: Millis) => number } {
  if (speed === Infinity) return {};
  let first: { readonly at: Millis; readonly wall: number } | undefined;
  return {
    dueIn(at) {
      first ??= { at, wall: performance.now() };
      return first.wall + (at - first.at) / speed - performance.now();
    },
  };
}

function add(counts: ReplayCounts, batch: Batch, receipt: Receipt): ReplayCounts {
  const rejected: Record<string, number> = { ...counts.rejected };
  for (const more of [batch.bad, receipt.rejected])
    for (const [reason, n] of Object.entries(more)) rejected[reason] = (rejected[reason] ?? 0) + n;
  return { read: counts.read + batch.read, accepted: counts.accepted + receipt.accepted, rejected };
}
