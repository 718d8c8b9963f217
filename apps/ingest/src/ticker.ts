// Writes the ticks of live time. The ingest replicas share the partitions through a consumer group; each ticks its own ones.
import { type Broker, type BrokerRecord, type Membership } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, CANARY_EVERY, canaryEvent, type Millis } from '@holdfast/schemas';

import { findLastTick } from './last-tick.js';
import { LogAway, type LogWriter } from './log-writer.js';
import { type LogClock } from './log-clock.js';
import { eventRecord, tickRecord } from './records.js';
import { tickTimes } from './tick-times.js';

/** A partition of ours. `last` undefined: not looked up yet; null: the log has no tick. */
interface Owned {
  last: Millis | null | undefined;
  writing: Promise<void> | null;
}

/** Driven by {@link Ticker.beat}, from a timer in service and by hand in tests. */
export class Ticker {
  readonly #owned = new Map<number, Owned>();
  #membership: Membership | null = null;

  constructor(
    private readonly broker: Broker,
    private readonly writer: LogWriter,
    private readonly clock: LogClock,
    private readonly canaries: boolean,
  ) {}

  /** Joins the group `ingest`. */
  async join(): Promise<void> {
    this.#membership = await this.broker.join('ingest', [BEHAVIOR_EVENTS.name], {
      assigned: async (_topic, partitions) => {
        for (const partition of partitions) this.#owned.set(partition, { last: undefined, writing: null });
      },
      revoked: async (_topic, partitions) => {
        const leaving = partitions.map((partition) => this.#owned.get(partition)?.writing);
        for (const partition of partitions) this.#owned.delete(partition);
        await Promise.all(leaving);
      },
    });
  }

  /** How many partitions this process ticks. */
  get owned(): number {
    return this.#owned.size;
  }

  /** Writes what ticks are due. Resolves when they are acknowledged or given up; a partition still busy is passed over. */
  async beat(): Promise<void> {
    this.clock.live.beat();
    this.writer.sweep();
    await this.clock.refresh();
    if (!this.clock.isLive || !this.writer.isAvailable) return;
    const free = [...this.#owned].filter(([, owned]) => owned.writing === null);
    await Promise.all(
      free.map(
        ([partition, owned]) => (owned.writing = this.#tick(partition, owned).finally(() => (owned.writing = null))),
      ),
    );
  }

  async leave(): Promise<void> {
    await this.#membership?.leave();
    this.#membership = null;
  }

  /** Once a minute. It is received at the last of the ticks, which may not come before it. */
  #canaryOf(partition: number, last: Millis | null, at: Millis): BrokerRecord[] {
    const minuteOf = (instant: Millis) => Math.floor(instant / CANARY_EVERY);
    if (!this.canaries || last === null || minuteOf(last) === minuteOf(at)) return [];
    return [eventRecord(canaryEvent(partition, at))];
  }

  async #tick(partition: number, owned: Owned): Promise<void> {
    owned.last ??= (await findLastTick(this.broker, partition)) ?? this.clock.lastReplayTick;
    const oldest = this.writer.oldestAfter(owned.last ?? 0, BEHAVIOR_EVENTS.name, partition);
    const now = this.clock.live.now();
    const until = oldest === null ? now : Math.min(now, oldest);
    const times = owned.last === null ? [until] : tickTimes(owned.last, until, oldest !== null);
    if (times.length === 0) return;
    const records = [...this.#canaryOf(partition, owned.last, times.at(-1)!), ...times.map(tickRecord)];
    try {
      await this.writer.write([{ topic: BEHAVIOR_EVENTS.name, partition, records }]);
      owned.last = times.at(-1)!;
    } catch (error) {
      if (!(error instanceof LogAway)) throw error;
      // In doubt whether they are stored: written again, a tick changes nothing.
    }
  }
}
