// How old an alert is when it is raised. A crossing has an instant; who scores again by the clock hears of it up to a period later, who
// scores at events alone at the customer's next event, if it does not lower the risk: a silence has no next event. The same crossings of
// the same model for all.
import { type Artifact } from '@holdfast/model';
import { DAY, HOUR, type Millis } from '@holdfast/schemas';

import { type Alert, alertsOf, type AlertStream } from './alerts.js';
import { percentile } from './metrics.js';

/** When somebody scores. */
interface Cadence {
  readonly name: string;
  /** Between two scorings of everybody; `null`: a customer is scored at their own moments. */
  readonly every: Millis | null;
  /** When the alert of a crossing is raised; `null`: never. */
  heardAt(alert: Alert, from: Millis): Millis | null;
}

const byTheClock = (name: string, every: Millis): Cadence => ({
  name,
  every,
  heardAt: ({ at, until }, from) => {
    const next = from + Math.ceil((at - from) / every) * every;
    return next < until ? next : null;
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
    heardAt: ({ at, cause, nextEventAt, until }) => (cause === 'event' ? at : nextEventAt < until ? nextEventAt : null),
  },
  { name: 'on events and silence', every: null, heardAt: ({ at }) => at },
];

/** One cadence. */
export interface Freshness {
  readonly name: string;
  /** Part of the crossings that was heard of while the customer was in the tier. */
  readonly heard: number;
  /** Days from the crossing to its alert, of those that were heard of; `null`: none was. */
  readonly meanDays: number | null;
  readonly p95Days: number | null;
  /** Of the crossings after which no purchase came within H: the part that was heard of before the silence was H long. */
  readonly inTime: number | null;
  /** Scores in the period. */
  readonly scores: number;
}

/** Crossings of one threshold, and what each cadence makes of them. */
export interface FreshnessTable {
  readonly crossings: number;
  readonly bySilence: number;
  readonly cadences: readonly Freshness[];
}

/**
 * Crossings of the last days are left out, of which the slowest cadence could not hear any more within the period, and cadences slower
 * than half of it.
 */
export function freshness(artifact: Artifact, stream: AlertStream, threshold: number): FreshnessTable {
  const { from, until } = stream.period;
  const cadences = CADENCES.filter(({ every }) => every === null || every <= (until - from) / 2);
  const slowest = Math.max(...cadences.map(({ every }) => every ?? 0));
  const alerts = alertsOf(artifact, stream, threshold).filter(({ at }) => at <= until - slowest);
  return {
    crossings: alerts.length,
    bySilence: alerts.filter(({ cause }) => cause === 'silence').length,
    cadences: cadences.map((cadence) => freshnessOf(cadence, alerts, stream)),
  };
}

function freshnessOf(
  { name, every, heardAt }: Cadence,
  alerts: readonly Alert[],
  { period, atRisk, tracks }: AlertStream,
): Freshness {
  const heard = alerts.flatMap((alert) => {
    const at = heardAt(alert, period.from);
    return at === null ? [] : [{ ...alert, delayDays: (at - alert.at) / DAY }];
  });
  const delays = heard.map(({ delayDays }) => delayDays).sort((a, b) => a - b);
  const right = alerts.filter((alert) => alert.right).length;
  const inTime = heard.filter((alert) => alert.right && alert.delayDays < alert.leadDays).length;
  return {
    name,
    heard: alerts.length === 0 ? 0 : heard.length / alerts.length,
    meanDays: delays.length === 0 ? null : delays.reduce((sum, days) => sum + days, 0) / delays.length,
    p95Days: delays.length === 0 ? null : percentile(delays, 0.95),
    inTime: right === 0 ? null : inTime / right,
    scores:
      every === null ? scoresAtEvents(tracks, period) : Math.round((atRisk * (period.until - period.from)) / every),
  };
}

const scoresAtEvents = (tracks: AlertStream['tracks'], { from, until }: AlertStream['period']): number =>
  tracks.reduce((sum, { stages }) => sum + stages.filter(({ at }) => at > from && at <= until).length, 0);

/** Head and rows of a table, for people. */
export const FRESHNESS_HEAD = [
  'scored',
  'heard of',
  'late, mean',
  '95 % within',
  'churners in time',
  'scores',
] as const;

export const freshnessCells = ({ cadences }: FreshnessTable): string[][] =>
  cadences.map(({ name, heard, meanDays, p95Days, inTime, scores }) => [
    name,
    percent(heard),
    span(meanDays),
    span(p95Days),
    percent(inTime),
    String(scores),
  ]);

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

function span(days: number | null): string {
  if (days === null) return '–';
  if (days >= 2) return `${days.toFixed(1)} d`;
  const hours = 24 * days;
  return hours >= 2 ? `${hours.toFixed(1)} h` : `${(60 * hours).toFixed(1)} min`;
}
