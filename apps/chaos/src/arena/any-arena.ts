// What every arena has, wherever its log is: load in front, a count of strikes, chance from the seed, and an end that a checker sees.
import { setTimeout } from 'node:timers/promises';

import { type Millis } from '@holdfast/schemas';

import { type Verdict } from '../evidence.js';
import { type Load } from '../load/load.js';
import { seeded } from '../load/random.js';
import { type CommonOptions } from './options.js';

const LAST_WORDS = 12;

export abstract class AnyArena {
  readonly strikes: Record<string, number> = {};
  readonly faults: string[] = [];
  /** The newest lines of all processes' standard error. */
  readonly lines: string[] = [];
  readonly random: () => number;
  /** Longest time from a strike, of several the last one, until every partition has put out something later; or what a scenario judges instead. */
  recoverySeconds = 0;
  #struckAt: Millis | null = null;

  protected constructor(
    readonly options: CommonOptions,
    /** Tells a person at a terminal what goes on. */
    readonly say: (text: string) => void,
  ) {
    this.random = seeded(options.seed + 1);
  }

  abstract get load(): Load;

  /** Ends the load and then the pipeline, each part when it has done all its work. */
  abstract rest(): Promise<void>;

  /** Ends everything as it stands when it does not come to rest: what is checked then must not go on. */
  abstract halt(): Promise<void>;

  /** To be called at rest, or halted. Throws when log or database cannot be read. */
  abstract check(): Promise<Verdict>;

  /** Resolves when every partition has put out something of this instant or later; rejects when that takes too long. */
  protected abstract comesTo(at: Millis): Promise<void>;

  /** Resolves when every partition has put out something later than this moment. */
  async recovers(): Promise<void> {
    const struckAt = this.#struckAt;
    this.#struckAt = null;
    await this.comesTo(Date.now());
    if (struckAt !== null) this.recoverySeconds = Math.max(this.recoverySeconds, (Date.now() - struckAt) / 1_000);
  }

  /** How many of so many repetitions are wanted: fewer in the short run that belongs to the tests. */
  rounds(count: number): number {
    return Math.max(1, Math.ceil(count * this.options.effort));
  }

  /** Something took longer than it may: a fault where times are judged. */
  tooSlow(sentence: string): void {
    if (this.options.judgesTimes) this.faults.push(sentence);
    else this.say(sentence);
  }

  struck(kind: string, times = 1): void {
    this.strikes[kind] = (this.strikes[kind] ?? 0) + times;
    this.#struckAt = Date.now();
  }

  /** One of some, by the seed. */
  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }

  /** Between two times, ms, by the seed. Rejects when everything is given up meanwhile. */
  async pause(from: number, until = from): Promise<void> {
    await setTimeout(from + this.random() * (until - from), undefined, { signal: this.load.abandoned });
  }

  /** The last lines of one process. */
  protected lastWords(name: string): string {
    const own = this.lines.filter((line) => line.startsWith(`${name}: `)).slice(-LAST_WORDS);
    return own.map((line) => line.slice(name.length + 2).trim()).join(' / ');
  }

  protected hear(name: string, line: string): void {
    this.lines.push(`${name}: ${line}`);
    if (this.lines.length > 2_000) this.lines.splice(0, 1_000);
  }
}
