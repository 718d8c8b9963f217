// What the stream runner tells about itself, as metrics and log lines. Fits the runner's observer port by its shape.
import { type ServiceContext } from './context.js';

/** An observer for the runner of one service. */
export function observeStream({ metrics, logger }: ServiceContext) {
  return {
    applied(stage: string, ageMs: number): void {
      metrics.recordsTotal.inc({ stage, outcome: 'applied' });
      metrics.eventAgeSeconds.observe({ stage }, ageMs / 1_000);
    },
    woken(_stage: string, lagMs: number): void {
      metrics.silenceLagSeconds.observe(lagMs / 1_000);
    },
    duplicate(stage: string): void {
      metrics.recordsTotal.inc({ stage, outcome: 'duplicate' });
    },
    noted(stage: string, what: string): void {
      metrics.notedTotal.inc({ stage, what });
    },
    deadLetter(stage: string, error: string): void {
      metrics.recordsTotal.inc({ stage, outcome: 'dead-letter' });
      metrics.deadLettersTotal.inc({ stage });
      logger.error({ stage, error }, 'a record went to the dead letters');
    },
    checkpointed(stage: string, tookMs: number): void {
      metrics.checkpointSeconds.observe({ stage }, tookMs / 1_000);
    },
    owned(stage: string, partitions: readonly number[]): void {
      metrics.partitionsOwned.set({ stage }, partitions.length);
      // Shown as 0 from the start: a counter that first appears at 1 is no rise to Prometheus.
      metrics.deadLettersTotal.inc({ stage }, 0);
    },
    ticked(stage: string, partition: number, now: number): void {
      metrics.streamTimeSeconds.set({ stage, partition }, now / 1_000);
    },
    trouble(stage: string, partition: number, sentence: string): void {
      logger.warn({ stage, partition }, sentence);
    },
  };
}
