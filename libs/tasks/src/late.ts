// Late news: a customer has been told of as silent, and it turns out that they were not. Crossings that this makes untrue are taken back.
import { type Artifact, LOW, type ScoringState, type TierRank, UNDOUBTED } from '@holdfast/model';
import { lostOf, type Outage, retell, type Sources } from '@holdfast/risk';
import { type FeatureRecord, type Millis, type RiskEvent } from '@holdfast/schemas';

import { correctionsOf } from './corrections.js';
import { lostTo, sourceOf } from './outage.js';

/** What a record is held against. */
interface Ground {
  readonly artifact: Artifact;
  /** When it is judged. */
  readonly at: Millis;
  readonly sources: Sources | undefined;
}

/** What a record comes to. */
interface Outcome {
  readonly state: ScoringState;
  readonly corrections: readonly RiskEvent[];
  /** The tier that the customer has been told to be in, corrections included. */
  readonly from: TierRank;
}

/** The customer after a record, wherever in their past it belongs; `after`: as if it were of now. */
export function afterNews(
  before: ScoringState | undefined,
  record: FeatureRecord,
  after: ScoringState,
  { artifact, at, sources }: Ground,
): Outcome {
  const lostIn = (silence: Outage) =>
    silence.from === after.lastActivityAt
      ? lostTo(sources, after, silence.until)
      : lostOf(sourceOf(sources, after), silence);
  const retold = before ? retell({ before, record, after, at, lostIn }, artifact) : null;
  if (!before || !retold) return { state: after, corrections: [], from: before?.tier ?? LOW };
  const { tiers, untrue } = retold;
  const { tier } = tiers.at(-1)!;
  const state = {
    ...after,
    ...{ tier, tiers, crossings: before.crossings.filter((crossing) => !untrue.includes(crossing)) },
    ...(before.crossedAt > 0 && untrue.some((crossing) => crossing.at >= before.crossedAt) && UNDOUBTED),
  };
  const last = before.crossings.at(-1);
  // Of whom the last thing that was told is taken back, no change has to be told besides.
  const isAll = last !== undefined && untrue.includes(last) && before.tiers.at(-1)?.at === last.at;
  const from = isAll ? tier : before.tier;
  return { state, corrections: correctionsOf(untrue, { state, artifact, at, from: before.tier, to: from }), from };
}
