// How late an alert is when it is raised. A crossing has an instant; who scores again by the clock hears of it up to a period later, who
// scores at events alone at the customer's next event, if the risk is still that high: a silence has no next event. The same crossings of
// the same model for all.
import { type Artifact } from '@holdfast/model';
import { DAY, HOUR, type Millis } from '@holdfast/schemas';

import { type Alert, alertsOf, type AlertStream } from './alerts.js';
import { percentile } from './bootstrap.js';

/** When somebody scores. */
interface Cadence {
  readonly name: string;
  /** Between two scorings of everybody; `null`: a customer is scored at their own moments. */
  readonly every: Millis | null;
  /** When a score reaches the threshold for the first time; `null`: never while the customer is in the tier. */
  heardAt(alert: Alert, from: Millis): Millis | null;
}

const byTheClock = (name: string, every: Millis): Cadence => ({
  name,
  every,
  heardAt({ above }, from) {
    const lookAt = (at: Millis) => from + Math.ceil((at - from) / every) * every;
    const found = above.find((stretch) => lookAt(stretch.from) < stretch.until);
    return found ? lookAt(found.from) : null;
  },
});

const CADENCES: readonly Cadence[] = [
  byTheClock('every 7 days', 7 * DAY),
  byTheClock('every day', DAY),
  byTheClock('every 8 hours', 8 * HOUR),
  byTheClock('every 2 hours', 2 * HOUR),
  byTheClock('every 120 seconds', 120_000),
  {
    name: 'on events',
    every: null,
    heardAt: ({ above }) => above.find(({ cause }) => cause === 'event')?.from ?? null,
  },
  { name: 'on events and silence', every: null, heardAt: ({ at }) => at },
];

/** One cadence. */
export interface Freshness {
  readonly name: string;
  /** Part of the crossings by events, and in silence, that was heard of while the customer was in the tier; `null`: there are none. */
  readonly heardByEvent: number | null;
  readonly heardInSilence: number | null;
  /** Days from a crossing in silence to its alert, of those that were heard of; `null`: none was. */
  readonly meanDays: number | null;
  readonly p95Days: number | null;
  /** Of the crossings that one can be early for: the part that was heard of before the silence was H long. */
  readonly inTime: number | null;
  /** Scores in the period. */
  readonly scores: number;
}

/** Crossings of one threshold, and what each cadence makes of them. */
export interface FreshnessTable {
  readonly crossings: number;
  readonly inSilence: number;
  /** Those that one can be early for: no purchase came within H, and the silence was not H long yet. */
  readonly early: number;
  readonly cadences: readonly Freshness[];
}

/**
 * Crossings of the last days are left out, of which the slowest cadence could not hear any more within the period, and cadences slower
 * than half of it. `stream`: followed beyond its period as far as customers stay in the tier.
 */
export function freshness(artifact: Artifact, stream: AlertStream, threshold: number): FreshnessTable {
  const { from, until } = stream.period;
  const cadences = CADENCES.filter(({ every }) => every === null || every <= (until - from) / 2);
  const slowest = Math.max(...cadences.map(({ every }) => every ?? 0));
  const alerts = alertsOf(artifact, stream, threshold).filter(({ at }) => at <= until - slowest);
  return {
    crossings: alerts.length,
    inSilence: alerts.filter(isSilent).length,
    early: alerts.filter(canBeEarly).length,
    cadences: cadences.map((cadence) => freshnessOf(cadence, alerts, stream)),
  };
}

const isSilent = ({ cause }: Alert): boolean => cause === 'silence';
const canBeEarly = ({ right, leadDays }: Alert): boolean => right && leadDays > 0;

function freshnessOf({ name, every, heardAt }: Cadence, alerts: readonly Alert[], stream: AlertStream): Freshness {
  const { period, atRisk, tracks } = stream;
  const heard = alerts.flatMap((alert) => {
    const at = heardAt(alert, period.from);
    return at === null ? [] : [{ ...alert, delayDays: (at - alert.at) / DAY }];
  });
  const silent = heard.filter(isSilent);
  const delays = silent.map(({ delayDays }) => delayDays).sort((a, b) => a - b);
  const share = (part: number, all: number) => (all === 0 ? null : part / all);
  const inSilence = alerts.filter(isSilent).length;
  const inTime = heard.filter((alert) => canBeEarly(alert) && alert.delayDays < alert.leadDays).length;
  return {
    name,
    heardByEvent: share(heard.length - silent.length, alerts.length - inSilence),
    heardInSilence: share(silent.length, inSilence),
    meanDays: delays.length === 0 ? null : delays.reduce((sum, days) => sum + days, 0) / delays.length,
    p95Days: delays.length === 0 ? null : percentile(delays, 0.95),
    inTime: share(inTime, alerts.filter(canBeEarly).length),
    scores:
      every === null ? scoresAtEvents(tracks, period) : Math.round((atRisk * (period.until - period.from)) / every),
  };
}

const scoresAtEvents = (tracks: AlertStream['tracks'], { from, until }: AlertStream['period']): number =>
  tracks.reduce((sum, { stages }) => sum + stages.filter(({ at }) => at > from && at <= until).length, 0);

/** Head and rows of a table, for people. */
export const FRESHNESS_HEAD = [
  'scored',
  'heard of, by event',
  'in silence',
  'late, mean',
  '95 % within',
  'in time',
  'scores',
] as const;

export const freshnessCells = ({ cadences }: FreshnessTable): string[][] =>
  cadences.map(({ name, heardByEvent, heardInSilence, meanDays, p95Days, inTime, scores }) => [
    name,
    percent(heardByEvent),
    percent(heardInSilence),
    span(meanDays),
    span(p95Days),
    percent(inTime),
    String(scores),
  ]);

/** One sentence: what was counted. */
export const freshnessSentence = ({ crossings, inSilence, early }: FreshnessTable): string =>
  `customers came to the high tier ${crossings} times, ${inSilence} of them in silence; for ${early} one could still be early.`;

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

function span(days: number | null): string {
  if (days === null) return '–';
  if (days >= 2) return `${days.toFixed(1)} d`;
  const hours = 24 * days;
  return hours >= 2 ? `${hours.toFixed(1)} h` : `${(60 * hours).toFixed(1)} min`;
}
