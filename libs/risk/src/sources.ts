// Whether what customers come from still tells of them: a source that fails looks like customers who go silent. Judged by arrivals, the first
// activity of a customer after half an hour: they come independently of each other, as single events do not.
//
// A source is out when nothing at all has come from it for two minutes in which MISSED arrivals were to be expected, at the rate of the minutes before.
// By chance that happens once in e^12 = 160,000 such stretches. The rate is that of some ten minutes, so that it follows a shop into the night; where
// it is too low for two to four minutes to tell, nothing is ever said.
import { DAY, type Millis, MINUTE } from '@holdfast/schemas';

/** Arrivals that must have been missed. */
const MISSED = 12;
const SHORTEST: Millis = 2 * MINUTE;
/** Within this an outage is noticed, if it ever is: a crossing by silence is in doubt for so long. */
export const NOTICED_WITHIN: Millis = 4 * MINUTE;
/** An outage of which no end is seen counts for so long: a version of an app that is withdrawn falls silent for ever. */
const LONGEST: Millis = DAY;
/** Of the rate. */
const HALF_LIFE: Millis = 10 * MINUTE;
/** Per millisecond; less cannot be missed in time. */
const LOWEST_RATE = MISSED / NOTICED_WITHIN;
/** Sources that are kept of a partition, and outages of a source. */
const MOST_SOURCES = 50;
const MOST_OUTAGES = 50;

/** A stretch in which a source was out. */
export interface Outage {
  readonly from: Millis;
  readonly until: Millis;
}

/** What a partition knows of a source. */
export interface Source {
  /** When anything last came from it. */
  readonly lastAt: Millis;
  /** Arrivals so far, decayed to `lastAt`. */
  readonly arrivals: number;
  /** Those that are over, oldest first. */
  readonly outages: readonly Outage[];
}

/** By name. */
export type Sources = Readonly<Record<string, Source>>;

/** Names come from senders: one may be that of something every object has. */
export const sourceNamed = (sources: Sources | undefined, name: string): Source | undefined =>
  sources && Object.hasOwn(sources, name) ? sources[name] : undefined;

/** Something has come from a source. `isArrival`: of a customer who had not been there for half an hour. */
export function heardFrom(sources: Sources, name: string, at: Millis, isArrival: boolean): Sources {
  const known = sourceNamed(sources, name) ?? { lastAt: at, arrivals: 0, outages: [] };
  const over = outageAt(known, at);
  const lastAt = Math.max(known.lastAt, at);
  const arrivals = known.arrivals * 2 ** ((known.lastAt - lastAt) / HALF_LIFE) + Number(isArrival);
  const outages = over ? [...known.outages, over].slice(-MOST_OUTAGES) : known.outages;
  const next = { ...sources, [name]: { lastAt, arrivals: over ? Number(isArrival) : arrivals, outages } };
  const names = Object.keys(next);
  if (names.length <= MOST_SOURCES) return next;
  const oldest = names.reduce((a, b) => (next[b]!.lastAt < next[a]!.lastAt ? b : a));
  return Object.fromEntries(Object.entries(next).filter(([each]) => each !== oldest));
}

/** The outage that a source is in at an instant, as far as it has gone; null: none. */
export function outageAt(source: Source | undefined, at: Millis): Outage | null {
  if (!source) return null;
  const quiet = at - source.lastAt;
  const rate = (source.arrivals * Math.LN2) / HALF_LIFE;
  if (quiet < SHORTEST || rate < LOWEST_RATE || quiet * rate < MISSED) return null;
  return { from: source.lastAt, until: Math.min(at, source.lastAt + LONGEST) };
}

/** Whether it is out, and not for so long that it will be no longer. */
export const isOut = (outage: Outage | null, at: Millis): outage is Outage => outage !== null && at <= outage.until;

/** How much of a stretch a source was out, milliseconds. */
export function lostOf(source: Source | undefined, { from, until }: Outage): Millis {
  if (!source) return 0;
  const present = outageAt(source, until);
  return [...source.outages, ...(present ? [present] : [])].reduce(
    (lost, outage) => lost + Math.max(0, Math.min(until, outage.until) - Math.max(from, outage.from)),
    0,
  );
}
