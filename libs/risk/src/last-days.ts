// What scoring keeps of a customer's last days, for late news to be held against: their tiers, and which crossings by silence they were said to have made.
import { KEPT_FOR } from '@holdfast/features';
import { LOW, type PastCrossing, type TierSince } from '@holdfast/model';

const MOST_KEPT = 16;

/** The crossings with one more. */
export const withCrossing = (crossings: readonly PastCrossing[], crossing: PastCrossing): readonly PastCrossing[] =>
  [...crossings.filter(({ at }) => at > crossing.at - KEPT_FOR), crossing].slice(-MOST_KEPT);

/** Of whom nothing has been told. */
export const AT_FIRST: readonly TierSince[] = [{ at: 0, tier: LOW }];

/** The tiers with the one from an instant on; the last one from before the days that are kept stays. */
export function withTier(tiers: readonly TierSince[], next: TierSince): readonly TierSince[] {
  if (tiers.at(-1)?.tier === next.tier) return tiers;
  const first = tiers.findLastIndex(({ at }) => at <= next.at - KEPT_FOR);
  return [...tiers.slice(Math.max(first, 0)), { at: next.at, tier: next.tier }].slice(-MOST_KEPT);
}
