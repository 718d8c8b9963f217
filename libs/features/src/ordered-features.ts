// The same fold, in the order in which things happened instead of that in which they were heard of: a phone that was in a tunnel tells of an hour ago.
// The last occurrences are kept beside the state before them (`base`), so that one that comes late is put in its place and those after it are folded
// again. Whatever order they come in, the same is known in the end, to the bit, unless one is so late that those after it are kept no longer.
import { type BehaviorEvent, DAY, EVENT_TYPES, type FeatureRecord, isActivity, type Millis } from '@holdfast/schemas';

import { recordOf } from './apply-event.js';
import { countersAt } from './counters.js';
import { type CustomerFeatures, nobody } from './customer-features.js';
import { type Folded, foldOccurrence } from './fold-occurrence.js';
import { inOrder, type Occurrence, occurrenceOf } from './occurrence.js';
import { firstAt, firstOf, lastOf, packOccurrences, unpackOccurrences, withOccurrence } from './packed-occurrences.js';

/** Occurrences are kept for so long, and by scoring what it told in these days … */
export const KEPT_FOR: Millis = 7 * DAY;
/** … and no more than fit in so many bytes, some sixty. */
export const MOST_KEPT_BYTES = 4096;

/** A customer's features with what it takes to put a late event in its place. Treat it as immutable. */
export interface OrderedFeatures {
  /** After all occurrences but the kept ones. */
  readonly base: CustomerFeatures;
  /** The kept ones in order, packed. */
  readonly recent: Uint8Array;
  /** After all of them. */
  readonly now: CustomerFeatures;
}

/** What is known when `recent` has followed `base`. */
export const orderedFeatures = (base: CustomerFeatures, recent: Uint8Array): OrderedFeatures => ({
  base,
  recent,
  now: foldsOf(base, unpackOccurrences(recent)).at(-1)?.state ?? base,
});

/** What an event led to. */
export interface Taken {
  readonly state: OrderedFeatures;
  readonly record: FeatureRecord;
}

/**
 * Takes in one event. `before` undefined: the customer's first. One that comes late is put in its place, and its record holds anew what follows from there
 * on (`rebuilt`); one that is too late for that counts as if it had come right before what is kept, and leaves no gap.
 */
export function takeEvent(before: OrderedFeatures | undefined, event: BehaviorEvent): Taken {
  const { base, recent, now } = before ?? NOBODY;
  const occurrence = occurrenceOf(event);
  const { at } = occurrence;
  const take = (whole: OrderedFeatures, news: Pick<FeatureRecord, 'x' | 'rebuilt'>): Taken => {
    const record = recordOf(event, whole.now, { ...news, late: at < now.lastEventAt, occurredAt: at });
    return { state: shortened(whole, event.receivedAt), record };
  };

  if (at > now.lastEventAt || (at === now.lastEventAt && isInOrder(lastOf(recent), occurrence))) {
    const { state, x } = foldOccurrence(now, occurrence);
    return take({ base, recent: withOccurrence(recent, occurrence), now: state }, { x });
  }
  if (at < base.lastEventAt) {
    const { state, x } = foldOccurrence(base, occurrence);
    return take(orderedFeatures(state, recent), { x });
  }
  const kept = unpackOccurrences(recent);
  const place = kept.findIndex((one) => inOrder(occurrence, one) < 0);
  const all = kept.toSpliced(place, 0, occurrence);
  const folds = foldsOf(base, all);
  const isOfLate = at >= keptSince(event.receivedAt, now);
  const rebuilt = all.flatMap((one, i) => (one.at < at ? [] : [stepOf(one, folds[i]!, isOfLate)]));
  const whole = { base, recent: packOccurrences(all), now: folds.at(-1)!.state };
  return take(whole, { x: folds[place]!.x, rebuilt });
}

/** Whether the last occurrence that is kept, if there is one, comes before another. */
const isInOrder = (last: Occurrence | undefined, next: Occurrence): boolean => !last || inOrder(last, next) <= 0;

/** Nobody's state is a base, too: of a customer of whom all is kept. */
const NOBODY: OrderedFeatures = { base: nobody(), recent: new Uint8Array(), now: nobody() };

/** What each of them leads to. */
function foldsOf(base: CustomerFeatures, occurrences: readonly Occurrence[]): Folded[] {
  let state = base;
  return occurrences.map((one) => {
    const folded = foldOccurrence(state, one);
    state = folded.state;
    return folded;
  });
}

/** One of those that are told anew; the counters only `withCounters`, for imported history comes before all that is kept, every time. */
const stepOf = ({ at, type }: Occurrence, { state, x }: Folded, withCounters: boolean) => ({
  at,
  kind: isActivity(EVENT_TYPES[type]!) ? ('activity' as const) : ('notice' as const),
  x,
  ...(withCounters && { w: countersAt(state, state.asOf) }),
});

/** From when on occurrences are kept. */
const keptSince = (heardAt: Millis, now: CustomerFeatures): Millis => Math.max(heardAt, now.asOf) - KEPT_FOR;

/** Without what is to be kept no longer: that is in the base from now on. */
function shortened({ base, recent, now }: OrderedFeatures, heardAt: Millis): OrderedFeatures {
  let [shorter, rest] = [base, recent];
  const since = keptSince(heardAt, now);
  while (rest.length > MOST_KEPT_BYTES || (rest.length > 0 && firstAt(rest) < since)) {
    const oldest = firstOf(rest);
    shorter = foldOccurrence(shorter, oldest.first).state;
    rest = oldest.rest;
  }
  return { base: shorter, recent: rest, now };
}
