// One feature record applied to a customer: a step of the network, a new curve, a new tier. Pure.
import { COUNTER, type KeptStep, STEP, stepsBefore, stepsOf, withStep } from '@holdfast/features';
import {
  type Artifact,
  isSameEncoder,
  isSameNetwork,
  logitAt,
  logitOf,
  LOW,
  type LstmState,
  type ScoringState,
  silenceDaysAt,
  type TierRank,
  UNDOUBTED,
} from '@holdfast/model';
import { DAY, type FeatureRecord, type Millis, ORIGINS } from '@holdfast/schemas';

import { advance, readSteps } from './advance.js';
import { curveAfter } from './curve-after.js';
import { AT_FIRST, withTier } from './last-days.js';
import { silentDaysIn } from './silent-days.js';
import { tierAt } from './tier-at.js';

/** By what a record is judged. */
export interface Judgement {
  /** The champion: its hash and its content. */
  readonly hash: string;
  readonly artifact: Artifact;
  /** What drew the previous state, if there is one. */
  readonly drawnBy: Artifact | undefined;
  /** Of the present silence, what does not count, if the record does not end it. */
  readonly lost?: Millis;
  /** See {@link judgedAt}. */
  readonly at: Millis;
}

/**
 * The customer's state after `record`, with the tier that holds at `at`. The memory of a network that reads events in another way is
 * not mixed in, for its numbers mean nothing to this one: it is made anew of the last steps. Throws when the record was computed for another
 * feature set.
 */
export function scoreRecord(
  previous: ScoringState | undefined,
  record: FeatureRecord,
  { hash, artifact, drawnBy, at, lost: lostSoFar = 0 }: Judgement,
): ScoringState {
  if (record.featureSet !== artifact.featureSet) {
    throw new RangeError(
      `featureSet must be ${artifact.featureSet}, which the model was trained on, not ${record.featureSet}`,
    );
  }
  const steps = drawnBy?.featureSet === artifact.featureSet ? previous!.steps : NONE;
  const known = drawnBy && isSameEncoder(drawnBy, artifact) ? previous! : undefined;
  const same = drawnBy && isSameNetwork(drawnBy, artifact) ? previous : undefined;
  const lastActivityAt = record.lastActivityAt ?? 0;
  // A late event is news of the past: the customer has not acted now.
  const acted = record.kind === 'activity' && record.occurredAt >= lastActivityAt;
  const read = readingOf(steps, record);
  // What came before the steps that are kept, the network has forgotten.
  const memory = record.rebuilt
    ? readSteps(artifact, read)
    : step(artifact, known ?? readSteps(artifact, steps), record.x);
  const { orders } = record.profile;
  const curve = new Float32Array(orders > 0 ? curveAfter(artifact, memory.h, record.w, silentDaysIn(record.w)) : []);
  const lost = acted ? 0 : lostSoFar;
  const silenceDays = silenceDaysAt({ lastActivityAt, lost }, at);
  const after = orders > 0 ? logitAt(artifact.knotsDays, curve, silenceDays) : 0;
  const before = same !== undefined && same.curve.length > 0 ? logitOf(same, artifact, at) : after;
  const standing = { tier: previous?.tier ?? LOW, curve, orders, lastActivityAt, lost };
  const tier = tierAt(standing, artifact, { at, acted });
  return {
    shop: record.shop,
    customer: record.customer,
    model: hash,
    h: memory.h,
    c: memory.c,
    curve,
    counters: new Float32Array(record.w),
    steps: read,
    tier,
    lastActivityAt,
    lost,
    ...(acted || !previous ? { source: record.source ?? '', ...UNDOUBTED } : doubtOf(previous, tier)),
    crossings: previous?.crossings ?? [],
    tiers: withTier(previous?.tiers ?? AT_FIRST, { at: acted ? record.occurredAt : at, tier }),
    origin: acted || !previous ? ORIGINS.indexOf(record.origin) : previous.origin,
    importedAt: Math.max(previous?.importedAt ?? 0, record.importedAt ?? 0),
    orders,
    meanOrderMinor: orders > 0 ? record.w[COUNTER.spendMinor]! / orders : 0,
    logitBefore: before,
    logitAfter: after,
    toldUntil: Math.max(previous?.toldUntil ?? 0, at),
  };
}

/**
 * The instant at which a record that is stepped at `at` is judged, and of which its change of tier is reported. History that is
 * imported late lies behind what is known of the customer already, and counters never go back: it is judged at the counters' time.
 */
export function judgedAt({ lastActivityAt, w }: FeatureRecord, at: Millis): Millis {
  // w is rounded to 1e-5 days.
  const silentMs = Math.floor((w[COUNTER.silenceDays]! - 1e-5) * DAY);
  return Math.max(at, (lastActivityAt ?? 0) + silentMs);
}

/** The state with the network's memory of a record that comes after later ones; the curve is drawn anew with the next. */
export function remember(state: ScoringState, record: FeatureRecord, artifact: Artifact): ScoringState {
  if (record.featureSet !== artifact.featureSet) return state;
  if (record.x === null) return state;
  const own = { at: record.occurredAt, x: record.x };
  const isOwn = ({ at, x }: KeptStep) => at === own.at && x[STEP.type] === own.x[STEP.type];
  // A late event may have told of it again.
  if ([...stepsOf(state.steps)].some(isOwn)) return state;
  const { h, c } = step(artifact, state, record.x);
  return { ...state, h, c, steps: withStep(state.steps, own) };
}

/** A crossing stands when the tier has changed for another reason since. */
const doubtOf = ({ source, crossedAt, tierBefore, heldAt, ...before }: ScoringState, tier: TierRank) =>
  tier === before.tier ? { source, crossedAt, tierBefore, heldAt } : { source, ...UNDOUBTED };

const NONE = new Uint8Array();

/** The last steps with those of a record. */
function readingOf(steps: Uint8Array, { occurredAt, x, rebuilt }: FeatureRecord): Uint8Array {
  const [before, added] = rebuilt ? [stepsBefore(steps, occurredAt), rebuilt] : [steps, [{ at: occurredAt, x }]];
  return added.reduce((read, one) => (one.x === null ? read : withStep(read, { at: one.at, x: one.x })), before);
}

/** The network's memory after a step input; the one before is left as it is. */
function step(artifact: Artifact, before: LstmState, x: readonly number[] | null): LstmState {
  if (x === null) return before;
  const memory = { h: before.h.slice(), c: before.c.slice() };
  advance(artifact, memory, x);
  return memory;
}
