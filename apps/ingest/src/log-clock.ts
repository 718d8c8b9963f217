// Which time it is in the log (design §2). In `live` mode the live clock's; in `replay` mode what the replay said last: events
// that arrive meanwhile are stamped with that, and marked so that nothing they lead to is ever sent.
import { type ClockState, readClock, takeClock, type Transaction } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';

import { type LiveClock } from './live-clock.js';

/** How an event that arrives now is stamped. */
export interface Stamp {
  readonly receivedAt: Millis;
  readonly origin: 'live' | 'replay';
}

/** The clock of `behavior.events`, as ingest sees it. */
export class LogClock {
  #state: ClockState | null = null;
  #replayed: Millis | null = null;

  constructor(
    private readonly database: Transaction,
    readonly live: LiveClock,
  ) {}

  /** Takes the clock of a new log for live time, unless a replay has it. */
  async open(): Promise<void> {
    this.#state = await takeClock(this.database, 'live');
  }

  /** Looks whether the replay has ended. A log that is live stays live, so that nothing is asked then. */
  async refresh(): Promise<void> {
    if (this.#state?.mode === 'replay') this.#state = (await readClock(this.database)) ?? this.#state;
  }

  get isLive(): boolean {
    return this.#state?.mode === 'live';
  }

  get isReplaying(): boolean {
    return this.#state?.mode === 'replay';
  }

  /** The largest tick a replay has written, as far as known here; null: none. */
  get lastReplayTick(): Millis | null {
    return this.#replayed ?? this.#state?.lastTick ?? null;
  }

  /** Ticks of a replay went through this process. */
  noteTick(at: Millis): void {
    this.#replayed = Math.max(at, this.lastReplayTick ?? at);
  }

  /** Null while it is not known: a replay has the clock and has not told a time yet. */
  stamp(): Stamp | null {
    if (this.isLive) return { receivedAt: this.live.now(), origin: 'live' };
    const at = this.isReplaying ? this.lastReplayTick : null;
    return at === null ? null : { receivedAt: at, origin: 'replay' };
  }
}
