// H, the horizon of churn, from the shop's own rhythm: the smallest of a few round numbers by which 80 % of the gaps between purchases
// have ended (Kaplan & Meier 1958: a gap still open at the end of the data is censored, not ended).
import { DAY, type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { TooFew } from './too-few.js';

export const HORIZONS_DAYS = [14, 30, 60, 90, 180] as const;
const SHARE = 0.8;

/** A gap in days; `ended` by a purchase, or censored. */
export interface Gap {
  readonly days: number;
  readonly ended: boolean;
}

/** Gaps between the purchases known before `until`; purchases of one day count once. */
export function gapsUntil(histories: readonly History[], until: Millis): Gap[] {
  return histories.flatMap(({ purchases }) => {
    const known = purchases.filter((at, i) => at < until && (i === 0 || at - purchases[i - 1]! >= DAY));
    return known.map((at, i) => {
      const next = known[i + 1];
      return { days: ((next ?? until) - at) / DAY, ended: next !== undefined };
    });
  });
}

/** Kaplan–Meier share of gaps that have ended by `days`. */
export function endedBy(gaps: readonly Gap[], days: number): number {
  const sorted = [...gaps].sort((a, b) => a.days - b.days || Number(b.ended) - Number(a.ended));
  let open = 1;
  let left = sorted.length;
  for (const gap of sorted) {
    if (gap.days > days) break;
    if (gap.ended) open *= 1 - 1 / left;
    left -= 1;
  }
  return 1 - open;
}

/** Longest horizon with which `spanDays` of data still hold training, validation and test: they take 4 H. */
const fits = (spanDays: number) => (days: number) => days * 4 <= spanDays;

/**
 * The default horizon of a shop, days. Only the first part of the data is looked at, which is training data whatever the answer.
 * When no horizon reaches 80 %, or the data are too short for it, the longest that fits.
 */
export function defaultHorizon(histories: readonly History[], start: Millis, end: Millis): number {
  const possible = HORIZONS_DAYS.filter(fits((end - start) / DAY));
  if (possible.length === 0) {
    throw new TooFew(
      `The data span ${Math.floor((end - start) / DAY)} days; training needs at least ${HORIZONS_DAYS[0] * 4}. ` +
        'Import more history, or set --horizon-days.',
    );
  }
  for (const days of possible) {
    if (endedBy(gapsUntil(histories, end - 2 * days * DAY), days) >= SHARE) return days;
  }
  return possible.at(-1)!;
}
