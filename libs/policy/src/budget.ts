// A day's budget, granted in slices: each partition may spend its part without asking the others. Hold-out decisions spend
// too (as ghosts), or a used-up budget would thin out one arm only.
import { TZDate } from '@date-fns/tz';
import { type Millis } from '@holdfast/schemas';

/** What has been spent of one slice. */
export interface Spending {
  readonly costMinor: number;
  readonly messages: number;
}
export const NOTHING_SPENT: Spending = { costMinor: 0, messages: 0 };

/** The calendar day of an instant in a time zone: `2026-11-25`. */
export function dayOf(at: Millis, timeZone: string): string {
  const local = new TZDate(at, timeZone);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
}

/** The part of a whole number `total` that is granted to one of `partitions`. The parts sum to `total`. */
export function sliceOf(total: number, partition: number, partitions: number): number {
  if (!Number.isInteger(partition) || partition < 0 || partition >= partitions)
    throw new RangeError(`partition ${partition} is not one of ${partitions}`);
  const upTo = (p: number) => Math.floor((total * p) / partitions);
  return upTo(partition + 1) - upTo(partition);
}

/** Why one more message of `costMinor` does not fit, or null. */
export function overdraws(spent: Spending, granted: Spending, costMinor: number): 'capacity' | 'budget' | null {
  if (spent.messages + 1 > granted.messages) return 'capacity';
  if (costMinor > 0 && spent.costMinor + costMinor > granted.costMinor) return 'budget';
  return null;
}
