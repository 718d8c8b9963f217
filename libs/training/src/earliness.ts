// How early a method warns (reference/protocol.md §6): on a grid of moments the customers at risk are scored again, and whoever reaches a
// threshold is an alert, once until the customer acts. The threshold is the lowest one that is precise enough at validation: on that
// moment's snapshot, or on the alerts of the H days before it.
import { DAY, HOUR, type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { type Estimate, estimateOf, percentile } from './bootstrap.js';
import { type AtRisk } from './population.js';
import { type Random, randomFor } from './random.js';

/** Between two moments of a grid. */
const stepOf = (horizonDays: number): Millis => (horizonDays >= 60 ? 7 * DAY : horizonDays >= 7 ? DAY : 6 * HOUR);

/** Moments from, from + step, … before from + H. */
export function gridFrom(from: Millis, horizonDays: number): Millis[] {
  const step = stepOf(horizonDays);
  return Array.from({ length: Math.ceil((horizonDays * DAY) / step) }, (_, i) => from + i * step);
}

/** Moments validation − H … validation, on which thresholds of alerts are chosen. */
export function gridUntil(until: Millis, horizonDays: number): Millis[] {
  const step = stepOf(horizonDays);
  const from = until - horizonDays * DAY;
  return Array.from({ length: Math.floor((horizonDays * DAY) / step) + 1 }, (_, i) => from + i * step);
}

/** Everybody at risk at one moment, and their risks. */
export interface Slice {
  readonly at: Millis;
  readonly population: readonly AtRisk[];
  /** P(churn), row by row. */
  readonly p: Float64Array;
}

interface Alert {
  /** Number of the slice. */
  readonly slice: number;
  readonly row: AtRisk;
}

/** Risks of at least `threshold`, each customer's once until the next activity. */
export function alertsOn(slices: readonly Slice[], threshold: number): Alert[] {
  const alerted = new Map<History, Millis>();
  return slices.flatMap(({ at, population, p }, slice) =>
    population.flatMap((row, i) => {
      const before = alerted.get(row.history);
      if (p[i]! < threshold || (before !== undefined && lastActOf(row) < before)) return [];
      alerted.set(row.history, at);
      return [{ slice, row }];
    }),
  );
}

const lastActOf = ({ history, index }: AtRisk): Millis => history.moments[index]!.lastActivityAt!;

/** A threshold, and whether it is as precise as it should be. */
export interface Threshold {
  readonly value: number;
  readonly targetPrecision: number;
  readonly reachedOnValidation: boolean;
}

const FEWEST_ALERTS = 20;
/** Thresholds that are tried: quantiles of all risks of the grid between these shares. */
const TRIED = { count: 80, from: 0.01, until: 0.995 } as const;

/** .70; where more than .60 churn anyhow, halfway from there to certainty. */
const targetPrecision = (baseRate: number): number => (baseRate > 0.6 ? baseRate + (1 - baseRate) / 2 : 0.7);

/** Lowest risk whose customers, and all above, churned often enough; else where they churned most often. */
function snapshotThreshold({ population, p }: Omit<Slice, 'at'>, precision: number): Threshold {
  const rows = population.map(({ churned }, i) => ({ churned, p: p[i]! })).sort((a, b) => b.p - a.p);
  const least = Math.max(FEWEST_ALERTS, rows.length / 100);
  let churned = 0;
  const candidates = rows.flatMap((row, i) => {
    churned += Number(row.churned);
    const isTied = rows[i + 1]?.p === row.p;
    return isTied || i + 1 < least ? [] : [{ value: row.p, precision: churned / (i + 1) }];
  });
  return lowestOf(candidates, precision, rows.at(-1)?.p ?? 1);
}

/** The same on alerts: those of the first moment, when everybody is new, apart. */
function alertThreshold(slices: readonly Slice[], precision: number): Threshold {
  const sorted = slices.flatMap(({ p }) => [...p]).sort((a, b) => a - b);
  const { count, from, until } = TRIED;
  const step = (until - from) / (count - 1);
  const values = Array.from({ length: count }, (_, i) => percentile(sorted, from + i * step));
  const candidates = [...new Set(values)].reverse().flatMap((value) => {
    const alerts = alertsOn(slices, value).filter(({ slice }) => slice > 0);
    const right = alerts.filter(({ row }) => row.churned).length;
    return alerts.length < FEWEST_ALERTS ? [] : [{ value, precision: right / alerts.length }];
  });
  return lowestOf(candidates, precision, sorted.at(-1) ?? 1);
}

/** `candidates`: by falling value. */
function lowestOf(
  candidates: readonly { readonly value: number; readonly precision: number }[],
  targetPrecision: number,
  otherwise: number,
): Threshold {
  const reached = candidates.filter(({ precision }) => precision >= targetPrecision).at(-1);
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (most, one) => (most && most.precision >= one.precision ? most : one),
    undefined,
  );
  return {
    value: (reached ?? best)?.value ?? otherwise,
    targetPrecision,
    reachedOnValidation: reached !== undefined,
  };
}

/** What alerts at a threshold are worth from a cut-off on. */
export interface Earliness {
  readonly threshold: Threshold;
  /** At risk at the cut-off, churned, and silent for less than H: whom one can be early for. */
  readonly churners: number;
  /** Of each of them the days by which the first alert in time came before the silence was H long; `null`: it did not. */
  readonly leads: readonly (number | null)[];
  /** Part of them that was alerted before the silence was H long. */
  readonly share: Estimate;
  /** Median of how long before, days. */
  readonly medianLeadDays: Estimate;
  /** New alerts a week. */
  readonly perThousandWeek: number;
  /** Alerts at the cut-off itself. */
  readonly backlogPerThousand: number;
  /** Share of right ones among new alerts whose outcome is known; `null`: there are none. */
  readonly precisionNew: { readonly value: number; readonly n: number } | null;
}

interface EarlinessOptions {
  readonly horizonDays: number;
  /** Until when all is known. */
  readonly end: Millis;
  readonly random: Random;
}

const RESAMPLES = 500;

/** `slices`: the grid of a test cut-off, its first moment the cut-off itself. */
function earlinessOf(
  slices: readonly Slice[],
  threshold: Threshold,
  { horizonDays, end, random }: EarlinessOptions,
): Earliness {
  const horizon = horizonDays * DAY;
  const alerts = alertsOn(slices, threshold.value);
  const isFresh = (row: AtRisk) => row.churned && row.at - lastActOf(row) < horizon;
  const churners = slices[0]!.population.filter(isFresh);
  const inTime = new Map<History, number>();
  for (const { row } of alerts) {
    const lead = (lastActOf(row) + horizon - row.at) / DAY;
    if (lead > 0 && !inTime.has(row.history)) inTime.set(row.history, lead);
  }
  const leads = churners.map(({ history }) => inTime.get(history) ?? null);
  const fresh = alerts.filter(({ slice }) => slice > 0);
  const known = fresh.filter(({ row }) => row.at + horizon <= end);
  const asked = slices.slice(1).reduce((sum, { population }) => sum + population.length, 0);
  const weeks = stepOf(horizonDays) / (7 * DAY);
  return {
    threshold,
    churners: churners.length,
    leads,
    ...withIntervals(leads, random),
    perThousandWeek: (1_000 * fresh.length) / asked / weeks,
    backlogPerThousand: (1_000 * (alerts.length - fresh.length)) / slices[0]!.population.length,
    precisionNew:
      known.length === 0
        ? null
        : { value: known.filter(({ row }) => row.churned).length / known.length, n: known.length },
  };
}

/** `leads`: of each churner, days; `null`: not alerted in time. */
function withIntervals(leads: readonly (number | null)[], random: Random): Pick<Earliness, 'share' | 'medianLeadDays'> {
  const of = (some: readonly (number | null)[]) => {
    const found = some.filter((lead) => lead !== null).sort((a, b) => a - b);
    return { share: found.length / some.length, median: percentile(found, 0.5) };
  };
  const draws = Array.from({ length: RESAMPLES }, () =>
    of(leads.map(() => leads[Math.floor(random.next() * leads.length)]!)),
  );
  const { share, median } = of(leads);
  return {
    share: estimateOf(share, draws.map((draw) => draw.share)), // prettier-ignore
    medianLeadDays: estimateOf(median, draws.map((draw) => draw.median)), // prettier-ignore
  };
}

/** By the threshold that was chosen on a snapshot, and by the one that was chosen on alerts. */
export interface BothEarly {
  readonly snapshot: Earliness;
  readonly alerts: Earliness;
}

/**
 * Of each test cut-off.
 * @param validation risks at validation itself
 * @param grids risks on the grids
 */
export function earliness(
  validation: Omit<Slice, 'at'>,
  grids: { readonly validation: readonly Slice[]; readonly tests: readonly (readonly Slice[])[] },
  { horizonDays, end }: Omit<EarlinessOptions, 'random'>,
): BothEarly[] {
  const churned = validation.population.filter((row) => row.churned).length;
  const precision = targetPrecision(churned / validation.population.length);
  const snapshot = snapshotThreshold(validation, precision);
  const alerts = alertThreshold(grids.validation, precision);
  return grids.tests.map((grid) => {
    const of = (threshold: Threshold) =>
      earlinessOf(grid, threshold, { horizonDays, end, random: randomFor(0, `early ${grid[0]!.at}`) });
    return { snapshot: of(snapshot), alerts: of(alerts) };
  });
}
