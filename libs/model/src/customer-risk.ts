// What scoring remembers of one customer: the network's memory, the curve drawn after the last event, and the tier. From it anybody
// (scoring when it is woken, the console when it draws) reads the risk at any moment and the instants of the next crossings.
import { type Artifact } from './artifact.js';
import { crossingOf } from './crossing.js';
import { logitAt } from './curve.js';
import { logit, sigmoid } from './probability.js';
import { HIGH, LAPSED, LOW, thresholdOf, type TierRank } from './tiers.js';

const DAY = 86_400_000;

/** State of one customer in scoring. Times are epoch milliseconds, 0 = never. Immutable. */
export interface ScoringState {
  readonly shop: string;
  readonly customer: string;
  /** Hash of the artifact that drew the curve, 64 hex digits. */
  readonly model: string;
  readonly h: Float32Array; // [H]
  readonly c: Float32Array; // [H]
  /** Calibrated logits at the artifact's knots of silence; empty before the first purchase. */
  readonly curve: Float32Array; // [K] or []
  /** What was known of the customer after the last event, from which the curve was drawn (COUNTERS of libs/features); empty: not on record. */
  readonly counters: Float32Array; // [C] or []
  /** What the network has read last, packed by libs/features; empty: not on record. */
  readonly steps: Uint8Array;
  readonly tier: TierRank;
  /** Silence counts from here. */
  readonly lastActivityAt: number;
  /** Origin of the last activity, in the order of ORIGINS of libs/schemas. */
  readonly origin: number;
  /** When the newest imported event was taken in. */
  readonly importedAt: number;
  readonly orders: number;
  /** Base currency, minor units. */
  readonly meanOrderMinor: number;
  /** Logit just before and just after the last event; equal at the first score. */
  readonly logitBefore: number;
  readonly logitAfter: number;
  /** What the last activity came from; '': not known. */
  readonly source: string;
  /** Of the silence since, what does not count, milliseconds: their source was out. */
  readonly lost: number;
  /** When they crossed by silence, as long as that may be taken back; 0: not so. */
  readonly crossedAt: number;
  /** Crossings by silence that were told in the last days and stand, oldest first: late news may show that one is untrue. */
  readonly crossings: readonly PastCrossing[];
  /** Their tiers in the last days as they are known now, oldest first. */
  readonly tiers: readonly TierSince[];
  /** The tier that they would be put back into. */
  readonly tierBefore: TierRank;
  /** Since when their source has been out, once it has been said that a crossing of theirs is held back; 0: it has not. */
  readonly heldAt: number;
  /** Up to here it has been told which crossings are near; 0: nothing has. */
  readonly toldUntil: number;
}

/** A crossing that was told of. */
export interface PastCrossing {
  readonly at: number;
  readonly to: TierRank;
}

/** A tier, and the instant from which on it was theirs. */
export interface TierSince {
  readonly at: number;
  readonly tier: TierRank;
}

/** Of a silence that has only begun. */
export const UNDOUBTED = { crossedAt: 0, tierBefore: LOW, heldAt: 0 } as const;

/** A crossing still to come, if nothing happens. */
export interface Crossing {
  readonly tier: TierRank;
  /** Epoch milliseconds: the first whole one at which it is true. */
  readonly at: number;
}

/** From when silence counts. */
type SilentSince = Pick<ScoringState, 'lastActivityAt' | 'lost'>;

/** Days of silence at an instant, ≥ 0, without those that were lost. */
export const silenceDaysAt = (state: SilentSince, at: number): number =>
  Math.max(0, (at - state.lastActivityAt - state.lost) / DAY);

/** The first whole millisecond at which somebody who does nothing has been silent for so many days. */
export const instantOfSilence = ({ lastActivityAt, lost }: SilentSince, days: number): number =>
  Math.ceil(lastActivityAt + lost + days * DAY);

/** The calibrated logit of churn at an instant. Throws `RangeError` before the first score. */
export function logitOf(state: ScoringState, artifact: Artifact, at: number): number {
  if (state.curve.length !== artifact.knotsDays.length) {
    throw new RangeError(`curve must have ${artifact.knotsDays.length} knots, not ${state.curve.length}`);
  }
  return logitAt(artifact.knotsDays, state.curve, silenceDaysAt(state, at));
}

/** The instant at which the customer lapses if nothing happens. */
export const lapseAt = (state: SilentSince, artifact: Artifact): number => instantOfSilence(state, artifact.activeDays);

/**
 * The crossings above the present tier that lie ahead of `from` if nothing happens, in order of time; the lapse is the last one.
 * Tiers reached in the same millisecond count as one, the highest. Empty for who has lapsed or was never scored.
 */
export function crossingsAhead(state: ScoringState, artifact: Artifact, from: number): Crossing[] {
  if (state.tier === LAPSED || state.curve.length === 0) return [];
  const stretch = { fromDays: silenceDaysAt(state, from), untilDays: artifact.activeDays };
  const lapse = lapseAt(state, artifact);
  const crossings: Crossing[] = [];
  for (let rank = state.tier + 1; rank <= HIGH; rank++) {
    const threshold = logit(thresholdOf(artifact, rank as TierRank)!);
    const days = crossingOf(artifact.knotsDays, state.curve, threshold, stretch);
    if (days === null) break;
    const at = Math.max(from + 1, instantOfSilence(state, days));
    if (at >= lapse) break;
    if (crossings.at(-1)?.at === at) crossings.pop();
    crossings.push({ tier: rank as TierRank, at });
  }
  crossings.push({ tier: LAPSED, at: Math.max(from + 1, lapse) });
  return crossings;
}

/** A point of a customer's risk over time. */
export interface RiskPoint {
  readonly at: number;
  readonly risk: number;
}

/** Where and how finely to read a risk curve; instants in epoch milliseconds. */
export interface CurveWindow {
  readonly from: number;
  readonly until: number;
  /** At least 2. */
  readonly points: number;
}

/**
 * A customer's risk of churn over coming time if nothing happens: evenly spaced points, for drawing. The artifact must be the one
 * named by `state.model`. Empty before the first score. Throws `RangeError` on fewer than 2 points or an empty window.
 */
export function riskCurveOf(
  state: ScoringState,
  artifact: Artifact,
  { from, until, points }: CurveWindow,
): RiskPoint[] {
  if (!(points >= 2)) throw new RangeError(`points must be at least 2, not ${points}`);
  if (!(until > from)) throw new RangeError(`until must be after ${from}, not ${until}`);
  if (state.curve.length === 0) return [];
  return Array.from({ length: points }, (_, i) => {
    const at = from + ((until - from) * i) / (points - 1);
    return { at, risk: sigmoid(logitOf(state, artifact, at)) };
  });
}
