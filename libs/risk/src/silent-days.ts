import { COUNTER } from '@holdfast/features';

/**
 * Days from the last activity to the record that counters are of, ≥ 0.
 * @param w [COUNTERS.length]
 */
export const silentDaysIn = (w: ArrayLike<number>): number => Math.max(0, w[COUNTER.silenceDays]!);
