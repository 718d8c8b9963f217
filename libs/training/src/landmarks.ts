// Where the network is asked during training: at random moments of silence. After each event the customer is at risk from then (or from
// the first landmark) until the next event, the end of the active period, or the last landmark; a draw is uniform in that stretch and
// weighs its length, so that training sees silences as often as the clock does (model.md §4).
import { DAY, type Millis } from '@holdfast/schemas';

import { buysWithin, type History } from './history.js';
import { type Definition } from './population.js';
import { type Random } from './random.js';
import { type Split } from './split.js';

/** The stretch of time after one moment in which the customer is at risk within the training period. */
export interface Stretch {
  /** Index of the moment. */
  readonly moment: number;
  readonly from: Millis;
  readonly until: Millis;
}

/** One question to the network: the moment known last, when it is asked, and the answer. */
export interface Landmark {
  readonly moment: number;
  readonly at: Millis;
  readonly churned: boolean;
}

/** How likely churn is at a landmark, 0 … 1, as somebody thinks who does not know what happened to this customer. */
export type Teacher = (history: History, landmark: Landmark) => number;

/** What stretches depend on. */
export interface TrainingPeriod extends Definition {
  readonly split: Split;
}

/** The stretch after a moment, `null` when it is empty. */
export function stretchAfter(
  history: History,
  moment: number,
  { split, activeDays, minPurchases = 1 }: TrainingPeriod,
): Stretch | null {
  const now = history.moments[moment]!;
  if (now.orders < minPurchases || now.lastActivityAt === null) return null;
  const next = history.moments[moment + 1]?.at ?? Infinity;
  const from = Math.max(now.at, split.trainFrom);
  const until = Math.min(next, now.lastActivityAt + activeDays * DAY, split.trainUntil);
  return until > from ? { moment, from, until } : null;
}

/**
 * A random landmark among the stretches of one step, longer ones more often. Where all time stamps are days, landmarks are midnights,
 * as the moments of scoring will be.
 */
export function drawLandmark(
  history: History,
  stretches: readonly Stretch[],
  { random, horizonDays, wholeDays }: { random: Random; horizonDays: number; wholeDays: boolean },
): Landmark {
  const total = stretches.reduce((sum, stretch) => sum + stretch.until - stretch.from, 0);
  let point = random.next() * total;
  let chosen = stretches[0]!;
  for (const stretch of stretches) {
    chosen = stretch;
    const length = stretch.until - stretch.from;
    if (point < length) break;
    point -= length;
  }
  const drawn = Math.min(chosen.until, chosen.from + point);
  const at = Math.min(chosen.until, wholeDays ? Math.ceil(drawn / DAY) * DAY : Math.max(chosen.from + 1, drawn));
  return { moment: chosen.moment, at, churned: !buysWithin(history, at, at + horizonDays * DAY) };
}

/** True when every moment is at midnight: the data know days, not hours. */
export const areWholeDays = (histories: readonly History[]): boolean =>
  histories.every(({ moments }) => moments.every(({ at }) => at % DAY === 0));
