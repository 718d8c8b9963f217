import { describe, expect, it } from '@jest/globals';
import { DAY, SECOND } from '@holdfast/schemas';
import fc from 'fast-check';

import { MOST_TICKS, tickTimes } from './tick-times.js';

describe('the ticks that are due', () => {
  it.each([
    ['half a second later: one', 0, 500, [500]],
    ['nothing later: none', 500, 500, []],
    ['the clock is behind: none', 900, 500, []],
    ['twelve seconds later: three', 0, 12_000, [5_000, 10_000, 12_000]],
  ])('%s', (_what, ...[last, until, times]) => {
    expect(tickTimes(last, until, true)).toEqual(times);
  });

  it('walk a night in at most 240 steps when nothing is pending, and in steps of 5 s when something is', () => {
    const free = tickTimes(0, DAY, false);
    expect(free.length).toBeLessThanOrEqual(MOST_TICKS);
    expect(free.at(-1)).toBe(DAY);
    const pending = tickTimes(0, DAY, true);
    expect(pending).toHaveLength(MOST_TICKS);
    expect(pending.at(-1)).toBe(MOST_TICKS * 5 * SECOND);
  });

  it('rise, never pass now, and reach it when nothing is pending', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.boolean(), (last, gap, hasPending) => {
        const times = tickTimes(last, last + gap, hasPending);
        const steps = times.map((at, i) => at - (times[i - 1] ?? last));
        expect(steps.every((step) => step > 0 && (!hasPending || step <= 5 * SECOND))).toBe(true);
        const end = times.at(-1) ?? last;
        expect(hasPending ? end <= last + gap : end === last + gap).toBe(true);
      }),
    );
  });
});
