// Risk tiers: 0 low, 1 medium, 2 high, 3 lapsed. A tier is entered at its threshold and left at threshold − hysteresis, and left only
// because the customer acted: silence and notices never lower it (model.md §5).
import { type Artifact } from './artifact.js';
import { logit } from './probability.js';

/** Rank of a tier, in the order of TIERS of libs/schemas. */
export type TierRank = 0 | 1 | 2 | 3;
export const LOW: TierRank = 0;
export const MEDIUM: TierRank = 1;
export const HIGH: TierRank = 2;
export const LAPSED: TierRank = 3;

/** Risk at which a tier begins; null for low and lapsed. */
export function thresholdOf(artifact: Artifact, rank: TierRank): number | null {
  if (rank === MEDIUM) return artifact.thresholds.medium;
  return rank === HIGH ? artifact.thresholds.high : null;
}

/** The tier that a logit reaches by itself. */
export function tierReached(artifact: Artifact, riskLogit: number): TierRank {
  if (riskLogit >= logit(artifact.thresholds.high)) return HIGH;
  return riskLogit >= logit(artifact.thresholds.medium) ? MEDIUM : LOW;
}

/** The tier after an event at `riskLogit`. `acted`: the event was an activity, so the tier may fall. */
export function tierAfter(artifact: Artifact, current: TierRank, riskLogit: number, acted: boolean): TierRank {
  const reached = tierReached(artifact, riskLogit);
  if (!acted) return reached > current ? reached : current;
  if (current === LAPSED) return reached;
  for (let rank = current; rank > reached; rank--) {
    const kept = thresholdOf(artifact, rank as TierRank)! - artifact.hysteresis;
    if (riskLogit >= logit(kept)) return rank as TierRank;
  }
  return reached;
}
