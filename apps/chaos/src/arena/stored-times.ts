// How far time has come in every partition, as checkpoints store it: it never runs back, and never far ahead of the true time.
import { type Millis } from '@holdfast/schemas';

import { type Arena } from './arena.js';

/** A sample is taken this often, ms. */
const SPACING_MS = 300;
/** One that lasts is found with every sample. */
const MOST_FAULTS = 5;

export class StoredTimes {
  /** How far the most advanced clock of ingest may be ahead at this moment, ms. */
  mostAheadMs: () => Millis = () => 0;
  readonly #faults: string[] = [];
  readonly #last = new Map<string, Millis>();
  #isOver = false;
  readonly #sampling: Promise<void>;

  private constructor(private readonly arena: Arena) {
    this.#sampling = this.#sample();
    this.#sampling.catch(() => undefined); // what it fails with, `conclude` tells, if it comes to that
  }

  /** Begins to look. */
  static watch(arena: Arena): StoredTimes {
    return new StoredTimes(arena);
  }

  /** Ends it, and makes what was found faults of the scenario. */
  async conclude(): Promise<void> {
    this.#isOver = true;
    await this.#sampling;
    this.arena.faults.push(...this.#faults.slice(0, MOST_FAULTS));
  }

  async #sample(): Promise<void> {
    while (!this.#isOver) {
      const rows = await this.arena.grounds.database.query<{ task: string; partition: number; now_ms: string }>(
        `select task, partition, now_ms from owners where task in ('features', 'scoring')`,
      );
      const most = Date.now() + this.mostAheadMs();
      for (const { task, partition, now_ms } of rows)
        this.#look(`partition ${partition} of ${task}`, Number(now_ms), most);
      await this.arena.pause(SPACING_MS);
    }
  }

  #look(where: string, now: Millis, most: Millis): void {
    const before = this.#last.get(where) ?? 0;
    if (now < before) this.#faults.push(`Time ran back by ${before - now} ms in ${where}.`);
    if (now > most) this.#faults.push(`Time is ${now - most} ms farther ahead than any clock in ${where}.`);
    this.#last.set(where, now);
  }
}
