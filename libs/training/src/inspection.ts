// Is what is served still true, and what would mend it (model.md §7)? Told from customers whose outcome is known by now. At most one thing
// is mended at a time, so that what follows can be laid to it: first a promotion that turned out to be a mistake, then the slope, then
// thresholds, in small steps.
import { type Artifact } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { alertStream } from './alerts.js';
import { type Drift, driftBetween } from './drift.js';
import { type History } from './history.js';
import { judgeCohort, type MaturedCohort, maturedMoments, scoredCohort } from './matured-cohort.js';
import { contest, type Contest } from './promotion.js';
import { recalibrate, type Recalibration } from './recalibration.js';
import { chooseThresholds } from './thresholds.js';

/** Cohorts that are looked at, a horizon apart. */
const COHORTS = 4;
/** Most that thresholds move at a time. */
const STEP = 0.05;
/** Less is not worth a release. */
const LEAST_STEP = 0.02;
const MOST_ECE = 0.05;
const MOST_DRIFT = 0.25;
const MOST_LOGLOSS = 1.03;

/** What is known. */
export interface Known {
  readonly histories: readonly History[];
  /** First and last instant of which all is known. */
  readonly from: Millis;
  readonly until: Millis;
}

/** Who reigns, and who did before. */
export interface Succession {
  readonly champion: Artifact;
  /** The one it took over from, and when; null: nobody. */
  readonly before: { readonly artifact: Artifact; readonly until: Millis } | null;
}

/** What should be done. */
export type Remedy =
  | { readonly kind: 'rollback'; readonly contest: Contest }
  | { readonly kind: 'recalibrate'; readonly recalibration: Recalibration }
  | { readonly kind: 'thresholds'; readonly artifact: Artifact; readonly wanted: Artifact['thresholds'] };

export interface Inspection {
  /** Oldest first; may be empty. */
  readonly cohorts: readonly MaturedCohort[];
  /** From the newest of them to today. */
  readonly drift: Drift | null;
  /** Sentences; each says that the network should be trained anew. */
  readonly signs: readonly string[];
  readonly remedy: Remedy | null;
}

/** Looks at everything. Throws `RangeError` where nothing can be told. */
export function inspect(succession: Succession, known: Known): Inspection {
  const { champion } = succession;
  const { histories, until } = known;
  const cohorts = maturedMoments(champion, known, COHORTS).flatMap((at) => {
    const cohort = scoredCohort(champion, histories, at);
    return cohort ? [judgeCohort(cohort)] : [];
  });
  const newest = cohorts.at(-1);
  if (!newest)
    throw new RangeError(
      `No customers are known of whom ${champion.horizonDays} days later it was seen whether they bought again, 50 of them and 10 who did not: ` +
        'there is nothing to judge by yet.',
    );
  const drift = driftBetween(champion, histories, { from: newest.at, until });
  return {
    ...{ cohorts, drift, signs: signsOf(cohorts, drift) },
    remedy: rollbackOf(succession, known, cohorts) ?? slopeOf(champion, known, cohorts) ?? stepOf(champion, known),
  };
}

/** The one before wins on what has matured since it went. */
function rollbackOf({ champion, before }: Succession, known: Known, cohorts: readonly MaturedCohort[]): Remedy | null {
  if (before?.artifact.horizonDays !== champion.horizonDays || before.artifact.activeDays !== champion.activeDays)
    return null;
  const since = cohorts.flatMap(({ at }) => (at >= before.until ? [at] : []));
  if (since.length === 0) return null;
  const result = contest({ champion, candidate: before.artifact }, known, since);
  return result.difference.logloss.high < 0 ? { kind: 'rollback', contest: result } : null;
}

function slopeOf(champion: Artifact, known: Known, cohorts: readonly MaturedCohort[]): Remedy | null {
  const [learnt, judged] = cohorts.slice(-2);
  if (!learnt || !judged) return null;
  const recalibration = recalibrate(champion, known, { fittedAt: learnt.at, judgedAt: judged.at });
  return recalibration?.contest.objection === null ? { kind: 'recalibrate', recalibration } : null;
}

/** Thresholds as a training would choose them on the newest alerts whose outcome is known, as far as a step leads. */
function stepOf(champion: Artifact, { histories, until }: Known): Remedy | null {
  const end = until - champion.horizonDays * DAY;
  const cohort = scoredCohort(champion, histories, end);
  if (!cohort) return null;
  const stream = alertStream(champion, histories, { from: end - champion.horizonDays * DAY, until: end });
  const baseRate = cohort.y.reduce((sum, label) => sum + label, 0) / cohort.y.length;
  const chosen = chooseThresholds(champion, stream, { baseRate, logits: cohort.logits });
  if (chosen.high.by === 'rank') return null;
  const wanted = { medium: chosen.medium.risk, high: chosen.high.risk };
  const thresholds = {
    medium: stepTowards(champion.thresholds.medium, wanted.medium),
    high: stepTowards(champion.thresholds.high, wanted.high),
  };
  const { medium, high } = thresholds;
  if (medium === champion.thresholds.medium && high === champion.thresholds.high) return null;
  if (medium >= high - champion.hysteresis) return null;
  return { kind: 'thresholds', artifact: { ...champion, thresholds }, wanted };
}

function stepTowards(now: number, wanted: number): number {
  if (Math.abs(wanted - now) < LEAST_STEP) return now;
  return Math.round((now + Math.max(-STEP, Math.min(STEP, wanted - now))) * 1e3) / 1e3;
}

function signsOf(cohorts: readonly MaturedCohort[], drift: Drift | null): string[] {
  const [newest, earlier] = [cohorts.at(-1)!, cohorts.at(-2)];
  const { ece, logloss } = newest.metrics;
  const before = earlier?.metrics.logloss.value;
  const signs: string[] = [];
  if (ece.value > Math.max(MOST_ECE, newest.eceByChance))
    signs.push(`Risks are ${points(ece.value)} off on the average (more than ${points(MOST_ECE)}).`);
  if (before !== undefined && logloss.value > MOST_LOGLOSS * before && logloss.low > before)
    signs.push(
      `Log-loss rose by ${percent(logloss.value / before - 1)} within a horizon, more than chance makes of it.`,
    );
  if (drift && drift.risk.index > Math.max(MOST_DRIFT, drift.risk.byChance))
    signs.push(`Today’s risks are those of another population (stability index ${drift.risk.index.toFixed(2)}).`);
  return signs;
}

const points = (share: number): string => `${(100 * share).toFixed(1)} points`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
