// The runner's only clock: it paces checkpoints and retries and measures ages for metrics. It decides nothing that is written.
import { setTimeout as sleep } from 'node:timers/promises';

import { type Millis } from '@holdfast/schemas';

/** Handed in, so that a simulation can decide in which order things happen. */
export interface Timer {
  /** Wall clock. */
  now(): Millis;
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** A factor that spreads retries, 0 ≤ j < 1. */
  jitter(): number;
  /** Lets other work of the process happen. */
  breathe(): Promise<void>;
}

/** The real one. */
export const systemTimer: Timer = {
  now: () => Date.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  jitter: () => Math.random(),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
};
