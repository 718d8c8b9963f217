// Late news: a customer has been told of as silent, and it turns out that they were not. The crossings that this makes untrue are taken back.
import { type Artifact, type PastCrossing, type ScoringState, type TierRank } from '@holdfast/model';
import { untrueCrossings } from '@holdfast/risk';
import { type FeatureRecord, type Millis, type RiskEvent } from '@holdfast/schemas';

import { correction } from './risk-change.js';

interface Scoring {
  readonly artifact: Artifact;
  readonly at: Millis;
  /** The customer after the record, if they stood so before it. */
  scored(before: ScoringState | undefined): ScoringState;
}

/** A customer before and after a record: before it already as if what is untrue had not been told. */
interface Scored {
  readonly before: ScoringState | undefined;
  readonly state: ScoringState;
  readonly corrections: readonly RiskEvent[];
}

export function withoutUntrue(
  before: ScoringState | undefined,
  record: FeatureRecord,
  { artifact, at, scored }: Scoring,
): Scored {
  const state = scored(before);
  const untrue = before ? untrueCrossings({ before, record, after: state }, artifact) : [];
  if (!before || untrue.length === 0) return { before, state, corrections: [] };
  const crossings = before.crossings.filter((crossing) => !untrue.includes(crossing));
  const tier = tierWithout(untrue, before);
  const then = { ...before, crossings, tier };
  const now = scored(then);
  return {
    before: then,
    state: now,
    corrections: untrue
      .toReversed()
      .map((crossing) => correction({ ...now, tier: crossing.from }, artifact, { at, crossing })),
  };
}

/** The tier that a customer is in without some crossings: an untrue one counts as long as nothing has changed it since. */
function tierWithout(
  untrue: readonly PastCrossing[],
  { crossings, tier: told, lastActivityAt }: ScoringState,
): TierRank {
  let tier = told;
  for (const crossing of crossings.toReversed()) {
    if (!untrue.includes(crossing) || crossing.at <= lastActivityAt || crossing.to !== tier) break;
    tier = crossing.from;
  }
  return tier;
}
