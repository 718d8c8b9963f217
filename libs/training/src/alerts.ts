// The alert stream: what the service would have said, replayed. Precision of a snapshot is not precision of an alert: a snapshot is full
// of the long-silent, and a crossing is always marginal (model.md §5). So thresholds are chosen on alerts.
import { type Artifact, crossingOf, logit, logitAt } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { buysWithin, type History } from './history.js';
import { atRiskAt } from './population.js';
import { curveOf, replay } from './served.js';

/** A customer's risk from one moment on, until the next. */
interface Stage {
  readonly at: Millis;
  readonly next: Millis;
  readonly lastActivityAt: Millis;
  readonly acted: boolean;
  readonly curve: Float64Array; // [K]
}

/** Curves of everybody who was at risk in a period, drawn once and asked with many thresholds. */
export interface RiskTrack {
  readonly history: History;
  readonly stages: readonly Stage[];
}

/** A stretch of stream time: from < t ≤ until. */
export interface Period {
  readonly from: Millis;
  readonly until: Millis;
}

/** One alert. */
export interface Alert {
  readonly at: Millis;
  readonly cause: 'event' | 'silence';
  /** No purchase in (at, at + H). */
  readonly right: boolean;
  /** Days from the alert to last activity + H, when the customer would be known to be gone. */
  readonly leadDays: number;
  /** When the risk is at or above the threshold, until the tier is left; in order. */
  readonly above: readonly Above[];
}

/** A stretch of time in which the risk is at or above a threshold: from ≤ t < until. */
export interface Above {
  readonly from: Millis;
  readonly until: Millis;
  /** By what it was reached. */
  readonly cause: 'event' | 'silence';
}

/** A period, replayed: the curves of all customers, and how many were at risk, averaged over its start, middle and end. */
export interface AlertStream {
  readonly period: Period;
  readonly tracks: readonly RiskTrack[];
  readonly atRisk: number;
}

/** `trackedUntil`: what becomes of alerts is followed so far; default: the end of the period. */
export function alertStream(
  artifact: Artifact,
  histories: readonly History[],
  period: Period,
  trackedUntil = period.until,
): AlertStream {
  const { from, until } = period;
  const moments = [from, (from + until) / 2, until];
  const atRisk = moments.reduce((sum, at) => sum + atRiskAt(histories, at, artifact).length, 0) / moments.length;
  return { period, tracks: trackRisk(artifact, histories, { from, until: trackedUntil }), atRisk };
}

/** Curves of all customers, for alerts within `period`; the two H before it are tracked too, so that tiers are right at its start. */
function trackRisk(artifact: Artifact, histories: readonly History[], period: Period): RiskTrack[] {
  const since = period.from - 2 * artifact.activeDays * DAY;
  return histories.flatMap((history) => {
    const { moments } = history;
    let last = moments.length - 1;
    while (last >= 0 && moments[last]!.at >= period.until) last -= 1;
    if (last < 0 || moments[last]!.at < since) return [];
    const stages: Stage[] = [];
    replay(artifact, history, last, (moment, i, memory) => {
      if (moment.orders < 1 || moment.lastActivityAt === null || moment.at < since) return;
      const next = moments[i + 1]?.at ?? Infinity;
      const { at, acted, lastActivityAt } = moment;
      stages.push({ at, acted, lastActivityAt, next, curve: curveOf(artifact, memory, moment) });
    });
    return stages.length > 0 ? [{ history, stages }] : [];
  });
}

/** Alerts of one tier that begins at risk `threshold`, within a period. The tier is left at threshold − hysteresis, by an activity. */
export function alertsOf(
  artifact: Artifact,
  { tracks, period }: Pick<AlertStream, 'tracks' | 'period'>,
  threshold: number,
): Alert[] {
  const enter = logit(threshold);
  const leave = logit(Math.max(1e-6, threshold - artifact.hysteresis));
  const active = artifact.activeDays * DAY;
  const horizon = artifact.horizonDays * DAY;
  const alerts: Alert[] = [];
  for (const { history, stages } of tracks) {
    let inside = false;
    let lapsesAt = Infinity;
    /** Of the alert whose tier the customer is still in. */
    let above: Above[] = [];
    const raise = (at: Millis, lastActivityAt: Millis, cause: Alert['cause']) => {
      inside = true;
      above = [];
      if (at <= period.from || at > period.until) return;
      // Strictly after: a purchase that raised the alert itself does not make it wrong.
      const right = !buysWithin(history, Math.floor(at) + 1, at + horizon);
      alerts.push({ at, cause, right, leadDays: (lastActivityAt + horizon - at) / DAY, above });
    };
    for (const { at, next, lastActivityAt, acted, curve } of stages) {
      const silence = (at - lastActivityAt) / DAY;
      const now = logitAt(artifact.knotsDays, curve, silence);
      // Who has lapsed stays so until they act; coming back is a recovery, whatever the risk: no alert.
      if (at >= lapsesAt) {
        if (!acted) continue;
        inside = now >= enter;
        above = [];
      } else if (acted && now < leave) inside = false;
      lapsesAt = lastActivityAt + active;
      const until = Math.min(next, lapsesAt);
      if (now >= enter) {
        if (!inside) raise(at, lastActivityAt, 'event');
        above.push({ from: at, until, cause: 'event' });
        continue;
      }
      const untilDays = (until - lastActivityAt) / DAY;
      const days = crossingOf(artifact.knotsDays, curve, enter, { fromDays: silence, untilDays });
      const crossing = days === null ? Infinity : lastActivityAt + days * DAY;
      if (crossing >= until) continue;
      if (!inside) raise(crossing, lastActivityAt, 'silence');
      above.push({ from: crossing, until, cause: 'silence' });
    }
  }
  return alerts;
}

/** What a stream of alerts is worth. */
export interface AlertSummary {
  readonly alerts: number;
  /** Share by silence. */
  readonly bySilence: number;
  /** Share that was right. */
  readonly precision: number;
  /** Per 1,000 customers at risk and week. */
  readonly perThousandWeek: number;
  /** Median over the right ones, days. */
  readonly medianLeadDays: number;
}

/** Sums up alerts of a stream. */
export function summarise(
  alerts: readonly Alert[],
  { atRisk, period }: Pick<AlertStream, 'atRisk' | 'period'>,
): AlertSummary {
  const right = alerts.filter((alert) => alert.right);
  const leads = right.map((alert) => alert.leadDays).sort((a, b) => a - b);
  const weeks = (period.until - period.from) / (7 * DAY);
  const share = (part: number) => (alerts.length === 0 ? Number.NaN : part / alerts.length);
  return {
    alerts: alerts.length,
    bySilence: share(alerts.filter((alert) => alert.cause === 'silence').length),
    precision: share(right.length),
    perThousandWeek: (1_000 * alerts.length) / (atRisk * weeks),
    medianLeadDays: leads[Math.floor(leads.length / 2)] ?? Number.NaN,
  };
}
