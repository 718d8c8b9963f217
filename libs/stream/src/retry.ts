// Another try after a pause that doubles up to a limit and is spread, so that many processes do not come back at once.
import { Abandoned, Fenced, Stopped } from './endings.js';
import { type StreamSettings } from './settings.js';
import { type Timer } from './timer.js';

/** What a retry needs to know of its surroundings. */
export interface RetryContext {
  readonly timer: Timer;
  readonly settings: Pick<StreamSettings, 'backoffMs' | 'maxBackoffMs'>;
  readonly signal: AbortSignal;
  /** Told of every failure that is tried again. */
  trouble(sentence: string): void;
}

/** Pauses before attempt number `attempt` (from 1). */
export function pause({ timer, settings, signal }: RetryContext, attempt: number): Promise<void> {
  const limit = Math.min(settings.maxBackoffMs, settings.backoffMs * 2 ** Math.min(attempt - 1, 20));
  return timer.wait(limit * (0.5 + timer.jitter() / 2), signal);
}

/** Repeats `work` until it succeeds. Throws `Abandoned` once the signal is aborted; passes `Fenced` and `Stopped` on. */
export async function retry<T>(context: RetryContext, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (context.signal.aborted) throw new Abandoned();
    try {
      return await work();
    } catch (error) {
      if (error instanceof Fenced || error instanceof Stopped || error instanceof Abandoned) throw error;
      context.trouble(sentenceOf(error));
      await pause(context, attempt);
    }
  }
}

/** What went wrong, in words. */
export const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
