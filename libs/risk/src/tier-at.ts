// The tier that an event leads to.
import {
  type Artifact,
  LAPSED,
  logitAt,
  LOW,
  type ScoringState,
  silenceDaysAt,
  tierAfter,
  type TierRank,
} from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

/** A customer after an event; `tier`: before it. */
export type Standing = Pick<ScoringState, 'tier' | 'curve' | 'orders' | 'lastActivityAt' | 'lost'>;

/** The tier at `at`, right after an event. `acted`: it was an activity, and the newest, so that the tier may fall. */
export function tierAt(
  { tier, curve, orders, ...silent }: Standing,
  artifact: Artifact,
  { at, acted }: { readonly at: Millis; readonly acted: boolean },
): TierRank {
  if (orders === 0) return LOW;
  const silenceDays = silenceDaysAt(silent, at);
  if (silenceDays >= artifact.activeDays) return LAPSED;
  return tierAfter(artifact, tier, logitAt(artifact.knotsDays, curve, silenceDays), acted);
}
