// Has everything up to an instant gone through every stage? Asked of the stages' own metrics.
import { setTimeout as pause } from 'node:timers/promises';

import { type Millis } from '@holdfast/schemas';

import { metricsPage, metricValues } from './metrics-page.js';
import { type Shop } from './shop.js';

/** Which service runs which stages of the stream. */
const STAGES: readonly (readonly [service: string, stage: string])[] = [
  ['features', 'features'],
  ['scoring', 'scoring'],
  ['dispatch', 'dispatch'],
  ['console', 'console-features'],
  ['console', 'console-risk'],
];

/**
 * Resolves once all partitions of all stages have applied a tick at or after `at`. `onBehind` is told, now and then, the
 * earliest time that any of them has reached.
 */
export async function untilApplied(
  shop: Shop,
  partitions: number,
  at: Millis,
  onBehind: (reached: Millis) => void,
): Promise<void> {
  for (;;) {
    const reached = await Promise.all(
      STAGES.map(([service, stage]) => streamTime(shop.metrics[service]!, stage, partitions)),
    );
    const earliest = Math.min(...reached);
    if (earliest >= at) return;
    onBehind(earliest);
    await pause(200);
  }
}

async function streamTime(url: string, stage: string, partitions: number): Promise<Millis> {
  const times = metricValues(await metricsPage(url), 'holdfast_stream_time_seconds', { stage });
  // A partition that has not seen a tick yet shows nothing.
  return times.length < partitions ? 0 : Math.min(...times) * 1_000;
}
