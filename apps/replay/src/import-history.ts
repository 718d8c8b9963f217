// History into a log that is live: at its own times, without ticks and without a place kept. It can be repeated: events that are
// known by their message id are dropped.
import { type ReplayCounts } from '@holdfast/postgres';

import { batchesOf } from './batches.js';
import { feed } from './feed.js';
import { pause } from './pause.js';
import { sendBatch } from './sender.js';
import { type ReplaySource } from './survey.js';

export interface ImportOptions {
  readonly ingestUrl: string;
  /** Must be allowed to import. */
  readonly writeKey: string;
  readonly dataset: ReplaySource;
  readonly onProgress?: (counts: ReplayCounts) => void;
  readonly signal?: AbortSignal;
  readonly giveUpMs?: number;
}

/** Imports everything; returns what was counted until the end, or until stopped. Throws `ReplayRefused`. */
export async function importHistory(options: ImportOptions): Promise<ReplayCounts> {
  const { ingestUrl, writeKey, dataset, giveUpMs = 60_000 } = options;
  const signal = options.signal ?? new AbortController().signal;
  const wait = (ms: number) => pause(ms, signal);
  const counts = { read: 0, accepted: 0, rejected: {} as Record<string, number> };
  const items = feed(dataset, { shiftMs: 0, tickMs: null, acknowledged: 0, lastTick: null });
  for await (const batch of batchesOf(items, { mostItems: 500, mostBytes: 480 * 1024, wait })) {
    if (signal.aborted) break;
    const receipt = await sendBatch(batch.body, { ingestUrl, writeKey, signal, wait, giveUpMs }).catch(
      (error: Error) => {
        if (signal.aborted) return null;
        throw error;
      },
    );
    if (receipt === null) break;
    counts.read += batch.read;
    counts.accepted += receipt.accepted;
    for (const more of [batch.bad, receipt.rejected])
      for (const [reason, n] of Object.entries(more)) counts.rejected[reason] = (counts.rejected[reason] ?? 0) + n;
    options.onProgress?.(counts);
  }
  return counts;
}
