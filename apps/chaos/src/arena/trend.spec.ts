import { describe, expect, it } from '@jest/globals';

import { seeded } from '../load/random.js';
import { ceilingOf, floorOf, quantile, type Sample, slopeOf } from './trend.js';

const TEN_MINUTES = 600_000;
/** As the soak takes them: 20 minutes after warm-up, every 10 s, the least of 12. */
const RUN = 12;
const series = (value: (minute: number) => number): Sample[] =>
  Array.from({ length: 120 }, (_, n) => ({ at: n * 10_000, value: value(n / 6) }));
const growth = (samples: readonly Sample[]): number => slopeOf(floorOf(samples, RUN)) * TEN_MINUTES;

/** MB of a heap that fills and is emptied every 50 s, not always to the same depth. */
function breathing(seed: number): (minute: number) => number {
  const random = seeded(seed);
  return (minute) => 200 + 60 * ((minute * 1.2) % 1) + 2 * random();
}

describe('the trend of something that breathes', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is flat while it only breathes (seed %i)', (seed) => {
    expect(Math.abs(growth(series(breathing(seed))))).toBeLessThan(1);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows a leak of 3 MB in ten minutes under 60 MB of breath (seed %i)', (seed) => {
    const breath = breathing(seed);
    const found = growth(series((minute) => breath(minute) + 0.3 * minute));
    expect(found).toBeGreaterThan(2);
    expect(found).toBeLessThan(4);
  });

  it('shows a leak exactly where nothing breathes', () => {
    expect(growth(series((minute) => 20 + minute / 10))).toBeCloseTo(1, 9);
  });

  it('shows memory that is given back', () => {
    expect(growth(series((minute) => 300 - minute))).toBeCloseTo(-10, 9);
  });

  it('is not carried off by a step at the beginning, nor by single samples', () => {
    const stepped = series((minute) => (minute < 4 ? 150 : 200));
    expect(growth(stepped.map((sample, n) => (n % 40 === 7 ? { ...sample, value: 20 } : sample)))).toBe(0);
  });

  it('shows descriptors that are kept one by one, and none where they come and go', () => {
    expect(growth(series((minute) => 40 + Math.floor(minute / 3)))).toBeGreaterThan(2);
    expect(growth(series((minute) => 40 + (Math.floor(minute * 6) % 5)))).toBe(0);
  });

  it('shows timers that are kept, and none where fewer of a pool are at work', () => {
    const ofPool = (leak: number) => {
      const random = seeded(5);
      // Of ten connections those that work have none; fewer and fewer do.
      return series((minute) => 5 + Math.round(10 - (10 - minute / 3) * random()) + Math.floor(leak * minute));
    };
    const kept = (samples: readonly Sample[]) => slopeOf(ceilingOf(samples, RUN)) * 2 * TEN_MINUTES;
    expect(slopeOf(floorOf(ofPool(0), RUN)) * 2 * TEN_MINUTES).toBeGreaterThan(4);
    expect(kept(ofPool(0))).toBeLessThan(1);
    expect(kept(ofPool(0.25))).toBeGreaterThan(4);
  });

  it('is none of a single sample', () => {
    expect(slopeOf([])).toBe(0);
    expect(slopeOf([{ at: 1, value: 5 }])).toBe(0);
    expect(slopeOf(Array.from({ length: 2 }, (_, value) => ({ at: 1, value })))).toBe(0);
  });
});

describe('the floor', () => {
  it('is the least of each run, where and when it was; a run that is not full has none', () => {
    const samples = [3, 1, 2, 5, 4, 9, 0].map((value, at): Sample => ({ at, value }));
    expect(floorOf(samples, 3)).toEqual([
      { at: 1, value: 1 },
      { at: 4, value: 4 },
    ]);
  });
});

describe('a quantile', () => {
  const values = Array.from({ length: 100 }, (_, n) => ((n * 37) % 100) + 1);

  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('%d of 1 to 100 is %d', (share, value) => {
    expect(quantile(values, share)).toBe(value);
  });

  it('of nothing is not a number', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});
