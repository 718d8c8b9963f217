// The shop's usual order: what amounts are measured in.
import { type Millis } from '@holdfast/schemas';

import { type History } from './history.js';

/** Median purchase known before `until`, minor units of the base currency; 100 where amounts are not known. */
export function medianOrder(histories: readonly History[], until: Millis): number {
  const amounts = histories
    .flatMap(({ purchases, amounts }) => amounts.filter((amount, i) => amount > 0 && purchases[i]! < until))
    .sort((a, b) => a - b);
  return amounts[Math.floor(amounts.length / 2)] ?? 100;
}
