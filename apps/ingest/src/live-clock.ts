// The clock of live time: wall clock at start plus monotonic time, slewed towards the wall clock. It never runs back; it slows
// down to 90 % while the wall clock is behind, and gains at most 5 s a beat while it is ahead.
import { type Millis, SECOND } from '@holdfast/schemas';

/** Where time comes from: the real clocks, or a test's. */
export interface TimeSource {
  wall(): Millis;
  /** Milliseconds since some moment, never back. */
  monotonic(): number;
}

export const REAL_TIME: TimeSource = { wall: () => Date.now(), monotonic: () => performance.now() };

/** Most that the clock gains at once. */
export const MOST_GAIN: Millis = 5 * SECOND;

/** See above. */
export class LiveClock {
  #anchor: number;
  #anchoredAt: number;
  #rate = 1;

  constructor(private readonly source: TimeSource) {
    this.#anchor = source.wall();
    this.#anchoredAt = source.monotonic();
  }

  /** Whole milliseconds. */
  now(): Millis {
    return Math.floor(this.#exact());
  }

  /** Compares with the wall clock. Called at every tick. */
  beat(): void {
    const now = this.#exact();
    const behind = this.source.wall() - now;
    this.#anchor = now + Math.min(Math.max(behind, 0), MOST_GAIN);
    this.#anchoredAt = this.source.monotonic();
    this.#rate = behind < -1 ? 0.9 : 1;
  }

  #exact(): number {
    return this.#anchor + this.#rate * Math.max(0, this.source.monotonic() - this.#anchoredAt);
  }
}
