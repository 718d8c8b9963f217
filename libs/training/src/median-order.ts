// The shop's usual order: what amounts are measured in.
import { type Scale } from '@holdfast/features';
import { type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { type Split } from './split.js';

/** Median purchase known before `until`, minor units of the base currency; 100 where amounts are not known. */
export function medianOrder(histories: readonly History[], until: Millis): number {
  const amounts = histories
    .flatMap(({ purchases, amounts }) => amounts.filter((amount, i) => amount > 0 && purchases[i]! < until))
    .sort((a, b) => a - b);
  return amounts[Math.floor(amounts.length / 2)] ?? 100;
}

/** What a shop's numbers are measured in. */
export const scaleOf = ({
  histories,
  split,
  horizonDays,
}: {
  readonly histories: readonly History[];
  readonly split: Pick<Split, 'trainUntil'>;
  readonly horizonDays: number;
}): Scale => ({ horizonDays, medianOrderMinor: medianOrder(histories, split.trainUntil) });
