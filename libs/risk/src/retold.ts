// What late news makes of the last days: the customer's tiers from the instant at which it happened on, as they would have been told in time. A crossing
// by silence that was told is untrue when the silence that it was told in never reached that tier, up to the next activity or to now.
import { COUNTER, KEPT_STEPS, stepsBefore, stepsOf } from '@holdfast/features';
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
import { KEPT_FOR, withTier } from './last-days.js';
import { silentDaysIn } from './silent-days.js';
import { tierAt } from './tier-at.js';

/** What the network has read so many steps ago hardly matters (docs/decisions/reasons.md). */
const ENOUGH_STEPS = 8;

/** A customer before and after a record, which was stepped at `at`. */
export interface Told {
  readonly before: ScoringState;
  readonly record: FeatureRecord;
  readonly after: ScoringState;
  readonly at: Millis;
}

/** What is known instead. */
export interface Retold {
  readonly tiers: readonly TierSince[];
  /** Of those that were told. */
  readonly untrue: readonly PastCrossing[];
}

/** Tells the last days anew. null: the record changes nothing in them, or too little is known of them. @param artifact what drew the curve of `after` */
export function retell(told: Told, artifact: Artifact): Retold | null {
  const { before, record, at } = told;
  const doubtful = before.crossings.filter((crossing) => crossing.at > record.occurredAt);
  const now = Math.max(at, before.toldUntil);
  if (record.occurredAt <= now - KEPT_FOR) return null;
  const isInOrder = record.rebuilt === undefined;
  const isOfNow = doubtful.length === 0 && record.occurredAt >= now - MINUTE;
  if (isInOrder && (record.late || record.kind !== 'activity' || isOfNow)) return null;
  const happened = isInOrder
    ? [{ at: record.occurredAt, acted: true, standing: told.after }]
    : happenedAgain(told, artifact);
  if (happened === null) return null;

  let tiers = before.tiers.filter((since) => since.at <= record.occurredAt);
  if (tiers.length === 0) tiers = before.tiers.slice(0, 1);
  let tier = tiers.at(-1)?.tier ?? before.tier;
  const silences: { readonly from: Millis; worst: TierRank }[] = [];
  const reach = (next: TierSince) => {
    tier = next.tier;
    tiers = [...withTier(tiers, next)];
    silences.at(-1)!.worst = tier;
  };
  for (const [i, { at: from, acted, standing }] of happened.entries()) {
    const until = happened[i + 1]?.at ?? now + 1;
    if (acted || i === 0) silences.push({ from, worst: tier });
    reach({ at: from, tier: tierAt({ ...standing, tier }, artifact, { at: from, acted }) });
    for (const crossing of crossingsAhead({ ...standing, tier }, artifact, from))
      if (crossing.at < until) reach(crossing);
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

/** What a record tells anew. null: the network has forgotten what came before it, or the record is of too long ago to say how it was. */
function happenedAgain({ before, record, after }: Told, artifact: Artifact): Happened[] | null {
  const steps = stepsBefore(before.steps, record.occurredAt);
  const isWhole = countOf(before.steps) < KEPT_STEPS;
  if (!isWhole && countOf(steps) < ENOUGH_STEPS) return null;
  const memory = readSteps(artifact, steps);
  const happened: Happened[] = [];
  for (const { at, kind, x, w } of record.rebuilt!) {
    if (w === undefined) return null;
    advance(artifact, memory, x);
    const [silent, orders] = [silentDaysIn(w), w[COUNTER.orders]!];
    const curve = Float32Array.from(orders > 0 ? curveAfter(artifact, memory.h, w, silent) : []);
    const standing = { ...after, curve, orders, lastActivityAt: Math.round(at - silent * DAY), lost: 0 };
    happened.push({ at, acted: kind === 'activity', standing });
  }
  const last = happened.at(-1)!;
  return [...happened.slice(0, -1), { ...last, standing: after }];
}

const countOf = (steps: Uint8Array): number => [...stepsOf(steps)].length;
