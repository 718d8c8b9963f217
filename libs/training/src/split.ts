// Which time is for training, validation and test. It always holds: last training landmark + H ≤ validation, validation + H ≤ first
// test, last test + H ≤ end of data (reference protocol §1), so that no label looks into what it is tested on.
import { DAY, HOUR, type Millis } from '@holdfast/schemas';

import { TooFew } from './too-few.js';

/** Moments of a split. */
export interface Split {
  /** Training landmarks lie in [trainFrom, trainUntil]. */
  readonly trainFrom: Millis;
  readonly trainUntil: Millis;
  /** Training cut-offs of the tabular baselines. */
  readonly cutoffs: readonly Millis[];
  readonly validation: Millis;
  readonly tests: readonly Millis[];
}

const midnight = (at: Millis): Millis => Math.floor(at / DAY) * DAY;
const date = (text: string): Millis => Date.parse(`${text}T00:00:00Z`);
/** Baselines are trained on rows of this many cut-offs a horizon. */
const CUTOFFS_PER_HORIZON = 3;

/**
 * The split of any shop: test at the last moment whose label is known, validation H before, training up to H before that and from
 * H after the first event on. Throws {@link TooFew} when the data are shorter than 4 H.
 */
export function splitOf(start: Millis, end: Millis, horizonDays: number): Split {
  const horizon = horizonDays * DAY;
  const test = midnight(end - horizon);
  const validation = test - horizon;
  const trainUntil = validation - horizon;
  const trainFrom = Math.min(midnight(start) + horizon, trainUntil - horizon / 2);
  if (trainFrom <= start) {
    throw new TooFew(
      `The data span ${Math.floor((end - start) / DAY)} days; a horizon of ${horizonDays} days needs at least ` +
        `${Math.ceil(horizonDays * 4)}. Import more history or choose a shorter --horizon-days.`,
    );
  }
  const step = horizon / CUTOFFS_PER_HORIZON;
  const count = Math.floor((trainUntil - trainFrom) / step);
  const cutoffs = Array.from({ length: count + 1 }, (_, i) => trainUntil - (count - i) * step);
  return { trainFrom, trainUntil, cutoffs, validation, tests: [test] };
}

/**
 * A split by named cut-offs. `end`: until when all is known. Throws `RangeError` with a sentence when a label would look into what comes
 * after, or beyond the data.
 */
export function givenSplit(
  { cutoffs, validation, tests }: Pick<Split, 'cutoffs' | 'validation' | 'tests'>,
  horizonDays: number,
  end: Millis,
): Split {
  const sorted = cutoffs.toSorted((a, b) => a - b);
  const ordered = tests.toSorted((a, b) => a - b);
  const [trainFrom, trainUntil, first, last] = [sorted[0], sorted.at(-1), ordered[0], ordered.at(-1)];
  if (trainFrom === undefined || trainUntil === undefined || first === undefined || last === undefined)
    throw new RangeError('A split needs at least one cut-off to train on and one to test on.');
  const horizon = horizonDays * DAY;
  const today = midnight(end);
  // A day is known as a whole when the data go on into its last hour, or know days alone.
  const known = end === today || end - today >= DAY - HOUR ? today + DAY : today;
  refuseOverlap('The last training cut-off', trainUntil, { horizon, limit: validation, name: 'validation' });
  refuseOverlap('Validation', validation, { horizon, limit: first, name: 'the first test' });
  refuseOverlap('The last test', last, { horizon, limit: known, name: 'the end of the data' });
  return { trainFrom, trainUntil, cutoffs: sorted, validation, tests: ordered };
}

function refuseOverlap(
  what: string,
  at: Millis,
  { horizon, limit, name }: { readonly horizon: Millis; readonly limit: Millis; readonly name: string },
): void {
  if (at + horizon <= limit) return;
  const text = (time: Millis) => new Date(time).toISOString().replace('T00:00:00.000Z', '');
  throw new RangeError(
    `${what} (${text(at)}) is less than ${horizon / DAY} days before ${name} (${text(limit)}): its labels would not be known by then. ` +
      `Choose ${text(limit - horizon)} or earlier, or a shorter horizon.`,
  );
}

/** The frozen split of Online Retail II, so that our rows stand beside those of other libraries (H = 90 days). */
export const onlineRetailSplit = (): Split => {
  const cutoffs = Array.from({ length: 10 }, (_, i) => Date.UTC(2010, 2 + i, 1)); // 2010-03 … 2010-12
  return {
    trainFrom: cutoffs[0]!,
    trainUntil: cutoffs.at(-1)!,
    cutoffs,
    validation: date('2011-03-01'),
    tests: [date('2011-06-01'), date('2011-09-01')],
  };
};
