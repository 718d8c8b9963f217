// Background work of a service: again and again, one run at a time, soon when there is news, slower after failures.
import { type Logger } from 'pino';

export interface Repeat {
  /** There may be something to do: run soon. */
  nudge(): void;
  /** Waits for the run under way; starts no other. */
  stop(): Promise<void>;
}

export interface RepeatOptions {
  readonly name: string;
  /** Pause between two runs without news. */
  readonly everyMs: number;
  readonly logger: Logger;
}

const LONGEST_PAUSE_MS = 60_000;
/** After news: long enough for more of it to come together. */
const NEWS_PAUSE_MS = 100;

/** Starts repeating. A run that throws is logged and tried again later; it ends nothing. */
export function repeat(work: () => Promise<void>, { name, everyMs, logger }: RepeatOptions): Repeat {
  let isStopped = false;
  let failures = 0;
  let hasNews = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const run = () => {
    timer = undefined;
    hasNews = false;
    running = work()
      .then(() => void (failures = 0))
      .catch((error: unknown) => {
        failures++;
        logger.warn({ error: String(error), failures }, `${name} failed and will be tried again`);
      })
      .finally(() => {
        running = undefined;
        schedule();
      });
  };
  const schedule = () => {
    if (isStopped || running) return;
    clearTimeout(timer);
    const pause =
      failures > 0 ? Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** failures) : hasNews ? NEWS_PAUSE_MS : everyMs;
    timer = setTimeout(run, pause);
  };
  schedule();
  return {
    nudge() {
      if (hasNews) return;
      hasNews = true;
      if (failures === 0) schedule();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
