// Is what is served still true, and what would mend it (model.md §7)? Told from customers whose outcome is known by now. At most one thing
// is mended at a time, and nothing more until what became of it is known: first a promotion that turned out to be a mistake, then the
// calibration, then thresholds, in small steps.
import { type Artifact } from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { type Drift, driftBetween } from './drift.js';
import { type Known } from './known.js';
import {
  aloneAt,
  judgeCohort,
  type MaturedCohort,
  maturedMoments,
  scoredCohort,
  type ScoredCohort,
} from './matured-cohort.js';
import { contest, type Contest } from './promotion.js';
import { recalibrate, type Recalibration } from './recalibration.js';
import { thresholdStep, type ThresholdStep } from './threshold-step.js';

/** Cohorts that are looked at, a horizon apart. */
const COHORTS = 4;
const MOST_ECE = 0.05;
const MOST_DRIFT = 0.25;
const MOST_EXCESS = 0.03;

/** Who reigns, and who did before. */
export interface Succession {
  readonly champion: Artifact;
  /** When something about it was changed last; null: never. */
  readonly changedAt: Millis | null;
  /** The network that its own took over from, and when; null: none. */
  readonly before: { readonly artifact: Artifact; readonly until: Millis } | null;
}

/** What should be done. */
export type Remedy =
  | { readonly kind: 'rollback'; readonly contest: Contest }
  | { readonly kind: 'recalibrate'; readonly recalibration: Recalibration }
  | ({ readonly kind: 'thresholds' } & ThresholdStep);

export interface Inspection {
  /** Oldest first, at least one. */
  readonly cohorts: readonly MaturedCohort[];
  /** From the newest of them to today. */
  readonly drift: Drift | null;
  /** At one of the two newest moments too many were contacted for whom nobody stands: outcomes tell nothing. */
  readonly isBlind: boolean;
  /** Sentences; each says that the network should be trained anew. */
  readonly signs: readonly string[];
  readonly remedy: Remedy | null;
}

/** Too few customers are known of whom it has been seen whether they bought again. */
export class TooSoon extends RangeError {
  override readonly name = 'TooSoon';
}

/** Looks at everything. Throws {@link TooSoon}. */
export function inspect(succession: Succession, known: Known): Inspection {
  const { champion, changedAt } = succession;
  const looked = maturedMoments(champion, known, COHORTS).map((at) => ({ at, alone: aloneAt(champion, known, at) }));
  const scored = looked.map((one) => scoredCohort(champion, one));
  const cohorts = scored.flatMap((cohort) => (cohort ? [judgeCohort(cohort)] : []));
  const newest = cohorts.at(-1);
  if (!newest)
    throw new TooSoon(
      `No 50 customers are known of whom ${champion.horizonDays} days later it was seen whether they bought again, 10 of whom did and 10 did not: ` +
        `there is nothing to judge by yet.${notCounted(looked.at(-1)?.alone.contacted ?? 0)}`,
    );
  const drift = driftBetween(champion, known.histories, { from: newest.at, until: known.until });
  const isBlind = looked.slice(-2).some(({ alone }) => alone.isBlind);
  const hasMatured = changedAt === null || newest.at >= changedAt;
  const change = () => slopeOf(champion, known, scored) ?? stepOf(champion, known);
  return {
    ...{ cohorts, drift, isBlind, signs: [...(isBlind ? [] : outcomeSigns(newest)), ...driftSigns(drift)] },
    remedy: rollbackOf(succession, known, cohorts) ?? (hasMatured ? change() : null),
  };
}

/** The network before wins on what has matured since it went. */
function rollbackOf({ champion, before }: Succession, known: Known, cohorts: readonly MaturedCohort[]): Remedy | null {
  if (before?.artifact.horizonDays !== champion.horizonDays || before.artifact.activeDays !== champion.activeDays)
    return null;
  const since = cohorts.flatMap(({ at }) => (at >= before.until ? [at] : []));
  if (since.length === 0) return null;
  const result = contest({ champion, candidate: before.artifact }, known, since);
  const isBetter = !result.isBlind && result.difference.logloss.high < 0;
  return isBetter ? { kind: 'rollback', contest: result } : null;
}

function slopeOf(champion: Artifact, known: Known, scored: readonly (ScoredCohort | null)[]): Remedy | null {
  const [learnt, judged] = scored.slice(-2);
  if (!learnt || !judged) return null;
  const recalibration = recalibrate(champion, known, { learnt, judgedAt: judged.at });
  // Whatever ranks only is calibrated as soon as it can be: there is no probability yet that could be the better one.
  const isBetter = champion.ranksOnly === true || recalibration.contest.objection === null;
  return isBetter ? { kind: 'recalibrate', recalibration } : null;
}

function stepOf(champion: Artifact, known: Known): Remedy | null {
  const step = thresholdStep(champion, known);
  return step && { kind: 'thresholds', ...step };
}

const notCounted = (contacted: number): string =>
  contacted === 0 ? '' : ` ${contacted} more at risk were to be contacted, and do not count.`;

function outcomeSigns({ metrics, eceByChance, excess }: MaturedCohort): string[] {
  const ece = metrics.ece.value;
  const signs: string[] = [];
  if (ece > Math.max(MOST_ECE, eceByChance))
    signs.push(`Risks are ${(100 * ece).toFixed(1)} points off on the average (more than ${100 * MOST_ECE}).`);
  if (excess.value > MOST_EXCESS && excess.low > 0)
    signs.push(`Log-loss is ${(100 * excess.value).toFixed(1)} % above what it would be were the risks right (more than ${100 * MOST_EXCESS}).`); // prettier-ignore
  return signs;
}

const driftSigns = (drift: Drift | null): string[] =>
  drift && drift.risk.index > Math.max(MOST_DRIFT, drift.risk.byChance)
    ? [`Today’s risks are those of another population (stability index ${drift.risk.index.toFixed(2)}).`]
    : [];
