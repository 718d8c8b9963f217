// Which kind of customer somebody is now.
import { COUNTERS, rfmAt } from '@holdfast/features';
import { type Artifact, type ScoringState, segmentOf, silenceDaysAt } from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { silentDaysIn } from './silent-days.js';

/**
 * The name of the segment at an instant, if nothing happens until then; null before the first purchase, of states that were saved without their
 * counters, and where the release knows of no different ones.
 */
export function segmentAt(
  { orders, counters, lastActivityAt, lost }: Pick<ScoringState, 'orders' | 'counters' | 'lastActivityAt' | 'lost'>,
  { segmentation, scale }: Artifact,
  at: Millis,
): string | null {
  if (!segmentation || segmentation.names.length < 2 || orders === 0 || counters.length !== COUNTERS.length)
    return null;
  const daysSinceRecord = silenceDaysAt({ lastActivityAt, lost }, at) - silentDaysIn(counters);
  return segmentation.names[segmentOf(segmentation, rfmAt(counters, Math.max(0, daysSinceRecord), scale))]!;
}
