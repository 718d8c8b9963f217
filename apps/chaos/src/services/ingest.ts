// ingest, to be struck; its wall clock may be wrong by CHAOS_CLOCK_OFFSET_MS, and is set when the harness says so.
import { ingestService, type TimeSource } from '@holdfast/ingest-service';

import { runStruck } from './struck.js';

/** What the harness may say: the wall clock is wrong by so much from now on, ms. */
export interface ClockOrder {
  readonly clockOffsetMs: number;
}

let offsetMs = Number(process.env['CHAOS_CLOCK_OFFSET_MS'] ?? 0);
process.on('message', ({ clockOffsetMs }: Partial<ClockOrder>) => {
  offsetMs = clockOffsetMs ?? offsetMs;
});
const time: TimeSource = { wall: () => Date.now() + offsetMs, monotonic: () => performance.now() };

await runStruck((open) => ingestService(open, time));
