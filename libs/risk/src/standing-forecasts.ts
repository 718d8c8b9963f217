// "Will cross into high within 48 hours": true from so long before a crossing until it comes, or until the customer does something. Which forecasts
// have been told follows from the curve and from the instant up to which was told (`toldUntil`), so nothing else is kept of them.
import { type Artifact, crossingsAhead, LAPSED, type ScoringState, type TierRank } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

/** How long before a crossing it is told of, days. */
export const LEAD_DAYS = [7, 2] as const;

/** A crossing that is less than its lead away. */
export interface StandingForecast {
  readonly tier: TierRank;
  readonly leadDays: (typeof LEAD_DAYS)[number];
  /** Of the crossing. */
  readonly at: Millis;
}

/** What stands at `now` of a customer as they were last known. Of the lapse nothing is told: it is only the end of the crossings. */
export const standingForecasts = (state: ScoringState, artifact: Artifact, now: Millis): StandingForecast[] =>
  allForecasts(state, artifact, now).filter((forecast) => beginsAt(forecast) <= now);

/** The instant at which the next forecast comes to stand if nothing happens. */
export const nextForecastAt = (state: ScoringState, artifact: Artifact, now: Millis): Millis | undefined =>
  allForecasts(state, artifact, now)
    .map(beginsAt)
    .filter((at) => at > now)
    .sort((a, b) => a - b)[0];

const beginsAt = ({ at, leadDays }: StandingForecast): Millis => at - leadDays * DAY;

const allForecasts = (state: ScoringState, artifact: Artifact, now: Millis): StandingForecast[] =>
  crossingsAhead(state, artifact, now)
    // One that is due and held back, or was taken back, is not ahead.
    .filter(({ tier, at }) => tier !== LAPSED && at > now + 1)
    .flatMap(({ tier, at }) => LEAD_DAYS.map((leadDays) => ({ tier, at, leadDays })));

/** A forecast that is published: a new one, one in the place of another, or (`now` null) that another no longer holds. */
export interface ForecastChange {
  readonly before: StandingForecast | null;
  readonly now: StandingForecast | null;
}

/** What has become at `now` of the forecasts that stood. One that comes true at its instant needs no word: the crossing is told. */
export function forecastChanges(
  before: readonly StandingForecast[],
  after: readonly StandingForecast[],
  now: Millis,
): ForecastChange[] {
  const ofSame = (all: readonly StandingForecast[], one: StandingForecast) =>
    all.find((other) => other.tier === one.tier && other.leadDays === one.leadDays) ?? null;
  const news = after.flatMap((next): ForecastChange[] => {
    const old = ofSame(before, next);
    return old?.at === next.at ? [] : [{ before: old, now: next }];
  });
  const gone = before.filter((old) => old.at > now && !ofSame(after, old));
  return [...news, ...gone.map((old) => ({ before: old, now: null }))];
}
