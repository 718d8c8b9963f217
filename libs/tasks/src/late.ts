// Late news: a customer has been told of as silent, and it turns out that they were not. Crossings that this makes untrue are taken back.
import { type Artifact, LOW, type ScoringState, type TierRank, UNDOUBTED } from '@holdfast/model';
import { retell } from '@holdfast/risk';
import { type FeatureRecord, type Millis, type RiskEvent } from '@holdfast/schemas';

import { correction } from './risk-change.js';

/** A customer before a record, and after it as if it were news of now. */
interface News {
  readonly before: ScoringState | undefined;
  readonly record: FeatureRecord;
  readonly after: ScoringState;
}

/** The customer after a record, wherever in their past it belongs. */
export function afterNews(
  { before, record, after }: News,
  { artifact, at }: { readonly artifact: Artifact; readonly at: Millis },
): {
  readonly state: ScoringState;
  readonly corrections: RiskEvent[];
  /** The tier that they were last told to be in. */ readonly from: TierRank;
} {
  const retold = before ? retell({ before, record, after, at }, artifact) : null;
  if (!before || !retold) return { state: after, corrections: [], from: before?.tier ?? LOW };
  const { tiers, untrue } = retold;
  const { tier } = tiers.at(-1)!;
  const state = {
    ...after,
    ...{ tier, tiers, crossings: before.crossings.filter((crossing) => !untrue.includes(crossing)) },
    ...(before.crossedAt > 0 && untrue.some((crossing) => crossing.at >= before.crossedAt) && UNDOUBTED),
  };
  const corrections = untrue.map((crossing) => correction(state, artifact, { at, crossing }));
  // A correction says which tier they are in: where it takes back what they were last told to be in, that is all there is to say.
  const last = before.crossings.at(-1);
  const isSaid =
    last !== undefined && untrue.includes(last) && last.to === before.tier && last.at > before.lastActivityAt;
  return { state, corrections, from: isSaid ? tier : before.tier };
}
