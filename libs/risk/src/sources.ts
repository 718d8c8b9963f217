// Whether what customers come from still tells of them: a source that fails looks like customers who go silent. Judged by arrivals, the first
// activity of a customer after half an hour: they come independently of each other, as single events do not.
//
// A source is out when nothing at all has come from it for two minutes in which MISSED arrivals were to be expected, at the rate of the minutes before: by
// chance that is one gap in e^20 at a rate that is known, and still less than one in a million at one that is a tenth lower. The rate is that of some ten
// minutes, so that it follows a shop into the night; where it is too low for four minutes to tell, nothing is ever said. While a source is out its rate
// is kept, but for a half-life of a day: a stray event does not end an outage, it only begins the next two minutes.
import { DAY, type Millis, MINUTE } from '@holdfast/schemas';

/** Arrivals that must have been missed. */
const MISSED = 20;
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
  const kept = 2 ** ((known.lastAt - lastAt) / (over ? DAY : HALF_LIFE));
  const outages = over ? joined(known.outages, over) : known.outages;
  return withoutLeast(
    { ...sources, [name]: { lastAt, arrivals: known.arrivals * kept + Number(isArrival), outages } },
    lastAt,
  );
}

/** What comes between two outages that are not two minutes apart belongs to one. */
function joined(outages: readonly Outage[], next: Outage): readonly Outage[] {
  const last = outages.at(-1);
  if (last && next.from - last.until < SHORTEST)
    return [...outages.slice(0, -1), { from: last.from, until: next.until }];
  return [...outages, next].slice(-MOST_OUTAGES);
}

/** At most MOST_SOURCES: what has never told of many goes first, and of what did, what has been silent for days. */
function withoutLeast(sources: Sources, now: Millis): Sources {
  const names = Object.keys(sources);
  if (names.length <= MOST_SOURCES) return sources;
  const weightOf = (name: string) => sources[name]!.arrivals * 2 ** ((sources[name]!.lastAt - now) / DAY);
  const least = names.reduce((a, b) => (weightOf(b) < weightOf(a) ? b : a));
  return Object.fromEntries(Object.entries(sources).filter(([name]) => name !== least));
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

/** Whether it was out at an instant, as is known `now`. */
export const wasOutAt = (source: Source | undefined, at: Millis, now: Millis): boolean =>
  outagesOf(source, now).some(({ from, until }) => from < at && at < until);

const outagesOf = (source: Source | undefined, now: Millis): readonly Outage[] => {
  const present = outageAt(source, now);
  return [...(source?.outages ?? []), ...(present ? [present] : [])];
};

/** How much of a stretch a source was out, milliseconds. */
export function lostOf(source: Source | undefined, { from, until }: Outage): Millis {
  return outagesOf(source, until).reduce(
    (lost, outage) => lost + Math.max(0, Math.min(until, outage.until) - Math.max(from, outage.from)),
    0,
  );
}
