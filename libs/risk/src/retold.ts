// What late news makes of the last days: the customer's tiers from the instant at which it happened on, as they would have been told in time. A crossing
// by silence that was told is untrue when the silence that it was told in never reached that tier, up to the next activity or to now.
import { COUNTER, countSteps, KEPT_FOR, KEPT_STEPS, stepsBefore } from '@holdfast/features';
import {
  type Artifact,
  crossingsAhead,
  type PastCrossing,
  type ScoringState,
  type TierRank,
  type TierSince,
} from '@holdfast/model';
import { DAY, type FeatureRecord, type Millis, MINUTE } from '@holdfast/schemas';

import { advance, readSteps } from './advance.js';
import { curveAfter } from './curve-after.js';
import { withTier } from './last-days.js';
import { silentDaysIn } from './silent-days.js';
import { type Outage } from './sources.js';
import { tierAt } from './tier-at.js';

/** What the network has read so many steps ago hardly matters (docs/decisions/reasons.md). */
const ENOUGH_STEPS = 8;
/** A crossing that would have come so much later or sooner is the same: the steps that are read again are rounded. */
const SAME: Millis = 10 * MINUTE;

/** A customer before and after a record, which was stepped at `at`. */
export interface Told {
  readonly before: ScoringState;
  readonly record: FeatureRecord;
  readonly after: ScoringState;
  readonly at: Millis;
  /** How much of a silence does not count, for what they use was out. */
  lostIn(silence: Outage): Millis;
}

/** What is known instead. */
export interface Retold {
  readonly tiers: readonly TierSince[];
  /** Of those that were told. */
  readonly untrue: readonly PastCrossing[];
}

/**
 * Tells the last days anew. null: the record changes nothing in them, too little is known of them, or another release has told them: that it sees them
 * differently is no news. @param artifact what drew the curves of `before` and `after`
 */
export function retell(told: Told, artifact: Artifact): Retold | null {
  const { before, record, after } = told;
  const doubtful = before.crossings.filter((crossing) => crossing.at > record.occurredAt);
  const now = Math.max(told.at, before.toldUntil);
  if (before.model !== after.model || record.occurredAt <= now - KEPT_FOR) return null;
  const isOfNow = doubtful.length === 0 && (record.kind === 'notice' || record.occurredAt >= now - MINUTE);
  if (record.rebuilt === undefined && (record.late || isOfNow)) return null;
  const happened = happenedSince(told, artifact);
  if (happened === null) return null;

  let tiers: readonly TierSince[] = before.tiers.filter((since) => since.at <= record.occurredAt);
  if (tiers.length === 0) tiers = before.tiers.slice(0, 1);
  let tier = tiers.at(-1)?.tier ?? before.tier;
  const silences: { readonly from: Millis; worst: TierRank }[] = [];
  const reach = (next: TierSince) => {
    tier = next.tier;
    tiers = withTier(tiers, next);
    silences.at(-1)!.worst = tier;
  };
  for (const [i, { at: from, acted, standing }] of happened.entries()) {
    const until = happened[i + 1]?.at ?? now + 1;
    if (acted || i === 0) silences.push({ from, worst: tier });
    reach({ at: from, tier: tierAt({ ...standing, tier }, artifact, { at: from, acted }) });
    const lost = told.lostIn({ from: standing.lastActivityAt, until });
    for (const crossing of crossingsAhead({ ...standing, lost, tier }, artifact, from)) {
      const isTold = until > now && doubtful.some(({ at, to }) => to === crossing.tier && crossing.at < at + SAME);
      if (crossing.at < until || isTold) reach({ at: Math.min(crossing.at, now), tier: crossing.tier });
    }
  }
  const worstAt = (instant: Millis) => silences.findLast(({ from }) => from <= instant)!.worst;
  return { tiers, untrue: doubtful.filter((crossing) => crossing.to > worstAt(crossing.at)) };
}

/** Something that happened, and the customer after it. */
interface Happened {
  readonly at: Millis;
  readonly acted: boolean;
  readonly standing: ScoringState;
}

/** What has happened since what a record tells of. null: the network has forgotten what came before it, or it is too long ago for the record to say how it was. */
function happenedSince({ before, record, after }: Told, artifact: Artifact): Happened[] | null {
  if (record.rebuilt === undefined)
    return [{ at: record.occurredAt, acted: record.kind === 'activity', standing: after }];
  const steps = stepsBefore(before.steps, record.occurredAt);
  const isWhole = countSteps(before.steps) < KEPT_STEPS;
  if (!isWhole && countSteps(steps) < ENOUGH_STEPS) return null;
  const memory = readSteps(artifact, steps);
  const happened: Happened[] = [];
  for (const { at, kind, x, w } of record.rebuilt) {
    if (w === undefined) return null;
    advance(artifact, memory, x);
    const [silent, orders] = [silentDaysIn(w), w[COUNTER.orders]!];
    const curve = new Float32Array(orders > 0 ? curveAfter(artifact, memory.h, w, silent) : []);
    const standing = { ...after, curve, orders, lastActivityAt: Math.round(at - silent * DAY) };
    happened.push({ at, acted: kind === 'activity', standing });
  }
  const last = happened.at(-1)!;
  return [...happened.slice(0, -1), { ...last, standing: after }];
}
