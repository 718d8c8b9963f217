import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { LiveClock, MOST_GAIN } from './live-clock.js';

const source = (wall = 1_000_000, monotonic = 0) => ({
  at: { wall, monotonic },
  wall() {
    return this.at.wall;
  },
  monotonic() {
    return this.at.monotonic;
  },
});

describe('the live clock', () => {
  it('is the wall clock at start, and then goes by monotonic time', () => {
    const time = source();
    const clock = new LiveClock(time);
    time.at = { wall: 5, monotonic: 250 };
    expect(clock.now()).toBe(1_000_250);
  });

  it('slows down while the wall clock is behind, instead of running back', () => {
    const time = source();
    const clock = new LiveClock(time);
    time.at = { wall: 999_000, monotonic: 0 };
    clock.beat();
    time.at = { wall: 1_000_000, monotonic: 1_000 };
    expect(clock.now()).toBe(1_000_900);
  });

  it('gains at most five seconds a beat when the wall clock leaps', () => {
    const time = source();
    const clock = new LiveClock(time);
    time.at = { wall: 10_000_000, monotonic: 500 };
    clock.beat();
    expect(clock.now()).toBe(1_000_500 + MOST_GAIN);
    for (let i = 0; i < 2_000; i++) clock.beat();
    expect(clock.now()).toBe(10_000_000);
  });

  it('never runs back, whatever the wall clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -1e7, max: 1e7 }), fc.nat(5_000), fc.boolean())), (moves) => {
        const time = source();
        const clock = new LiveClock(time);
        let last = clock.now();
        for (const [wall, elapsed, beat] of moves) {
          time.at = { wall: 1_000_000 + wall, monotonic: time.at.monotonic + elapsed };
          if (beat) clock.beat();
          expect(clock.now()).toBeGreaterThanOrEqual(last);
          expect(clock.now() - last).toBeLessThanOrEqual(elapsed + MOST_GAIN + 1);
          last = clock.now();
        }
      }),
    );
  });
});
