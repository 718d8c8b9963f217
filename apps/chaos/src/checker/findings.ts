// What the checker has found so far: how much is missing, how much took effect twice, and a sentence for each until there are many.
import { type Verdict } from '../evidence.js';

/** Sentences about one area, and about all of them together; the others are only counted. */
const MOST_OF_AREA = 5;
const MOST = 20;

/** What a sentence is about: a topic, a table. One broken link leads to many others; no area keeps the rest from being heard. */
export type Area = string;

export class Findings {
  #lost = 0;
  #doubled = 0;
  #sentences: string[] = [];
  #more = 0;
  readonly #byArea = new Map<Area, number>();
  decided = 0;
  delivered = 0;
  repeated = 0;
  repeatedDeliveries = 0;
  /** Messages that have arrived and are noted as cancelled. */
  forgottenDeliveries = 0;

  /** Something that should be there is missing. */
  lose(area: Area, sentence: string): void {
    this.#lost += 1;
    this.fault(area, sentence);
  }

  /** Something took effect that had taken effect already, or should not have at all. */
  double(area: Area, sentence: string): void {
    this.#doubled += 1;
    this.fault(area, sentence);
  }

  /** Something is wrong otherwise. */
  fault(area: Area, sentence: string): void {
    const before = this.#byArea.get(area) ?? 0;
    this.#byArea.set(area, before + 1);
    if (before < MOST_OF_AREA && this.#sentences.length < MOST) this.#sentences.push(sentence);
    else this.#more += 1;
  }

  /** `events`: accepted message ids. */
  verdict(events: number): Verdict {
    const areas = Array.from(this.#byArea, ([area, count]) => `${area} ${count}`).join(', ');
    const rest = this.#more === 0 ? [] : [`There are ${this.#more} more; in all: ${areas}.`];
    return {
      events,
      decided: this.decided,
      delivered: this.delivered,
      lost: this.#lost,
      doubled: this.#doubled,
      repeated: this.repeated,
      repeatedDeliveries: this.repeatedDeliveries,
      forgottenDeliveries: this.forgottenDeliveries,
      faults: [...this.#sentences, ...rest],
    };
  }
}
