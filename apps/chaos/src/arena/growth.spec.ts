import { describe, expect, it } from '@jest/globals';

import { seeded } from '../load/random.js';
import { growthOf, type Moment, unsteadiness } from './growth.js';

const MEBI = 2 ** 20;
const random = seeded(1);

/** Forty minutes of a process that fills its cache in the first ten, breathes, and opens and closes connections. */
const fortyMinutes = (
  leak: (minute: number) => Partial<Record<'megabytes' | 'descriptors' | 'timers', number>>,
): Moment[] =>
  Array.from({ length: 240 }, (_, n) => {
    const minute = n / 6;
    const { megabytes = 0, descriptors = 0, timers = 0 } = leak(minute);
    const filling = 15 * Math.min(10, minute);
    return {
      at: n * 10_000,
      liveBytes: (50 + filling + megabytes) * MEBI,
      residentBytes: (150 + filling + 50 * random() + megabytes) * MEBI,
      descriptors: 30 + Math.floor(8 * random()) + Math.floor(descriptors),
      timers: 6 + Math.floor(10 * random()) + Math.floor(timers),
    };
  });

const faultsOf = (moments: readonly Moment[], megabytes: number) =>
  unsteadiness('features 1', growthOf(moments), { megabytes });

describe('the growth of a process', () => {
  it('is none where a cache fills during warm-up and memory breathes', () => {
    expect(
      faultsOf(
        fortyMinutes(() => ({})),
        4,
      ),
    ).toEqual([]);
  });

  it('shows memory that leaks', () => {
    const [fault, ...others] = faultsOf(
      fortyMinutes((minute) => ({ megabytes: 2 * minute })),
      4,
    );
    expect(fault).toMatch(
      /^features 1 grew by (1\d|2\d)\.\d MB in ten minutes, what it holds by (1\d|2\d)\.\d; 4 of either are allowed\.$/,
    );
    expect(others).toEqual([]);
  });

  it('measures 1 MB in ten minutes where nothing breathes', () => {
    const steady = fortyMinutes(() => ({})).map((moment, n) => ({ ...moment, residentBytes: (200 + n / 60) * MEBI }));
    expect(growthOf(steady).megabytes).toBeCloseTo(1, 6);
    expect(faultsOf(steady, 0.9)).toHaveLength(1);
    expect(faultsOf(steady, 1.1)).toEqual([]);
    const hidden = steady.map((moment, n) => ({
      ...moment,
      residentBytes: 200 * MEBI,
      liveBytes: (90 + n / 60) * MEBI,
    }));
    expect(faultsOf(hidden, 0.9)).toHaveLength(1);
  });

  it('shows descriptors and timers that are kept', () => {
    expect(
      faultsOf(
        fortyMinutes((minute) => ({ descriptors: minute / 2 })),
        4,
      ),
    ).toEqual([expect.stringMatching(/^features 1 kept \d+ more descriptors\.$/)]);
    expect(
      faultsOf(
        fortyMinutes((minute) => ({ timers: minute / 2 })),
        4,
      ),
    ).toEqual([expect.stringMatching(/^features 1 kept \d+ more timers\.$/)]);
  });

  it('does not call steady what has hardly been looked at', () => {
    const few = ['features 1 did not tell often enough how it was.'];
    expect(faultsOf([], 1)).toEqual(few);
    expect(faultsOf(fortyMinutes(() => ({})).slice(0, 60), 1)).toEqual(few);
  });
});
