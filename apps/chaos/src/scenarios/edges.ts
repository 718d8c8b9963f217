// Customers who act just before, at and just after the instant at which they cross, and processes that are killed in between.
import { type Millis, toIso } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { silentCrossings } from '../arena/history.js';
import { bringRegulars, crossingInstants, view } from '../arena/regulars.js';

/** In which order the customer acts, crosses, and all processes of scoring are killed. */
export const SIDES = ['act, kill, crossing', 'kill, crossing and act in one instant', 'crossing, kill, act'] as const;
const [BEFORE] = SIDES;

/** One crossing that has been struck at. */
interface Aim {
  readonly customer: string;
  readonly crossing: Millis;
  readonly side: (typeof SIDES)[number];
}

const GROUP = { count: 60, everyMs: 20 };
/** How far from the kill a crossing may lie, ms. */
const REACH_MS = 500;
/** By how much ingest's clock may be behind ours: it runs at 90 % for a beat once it is ahead, ms. */
const CLOCK_MS = 200;
/** For a request before the kill, ms. */
const LEAD_MS = 150;

export class Edges {
  readonly #aims: Aim[] = [];
  #groups = 0;
  #names: readonly string[] = [];
  #goneAt: Millis = 0;
  /** Of the group that is struck next, with the middle of it; null: not known yet. */
  #next: { readonly crossings: ReadonlyMap<string, Millis>; readonly middle: Millis } | null = null;

  constructor(private readonly arena: Arena) {}

  /** Brings a group of customers who will cross together, unless there is one, and finds out when that is. */
  async prepare(): Promise<void> {
    if (this.#next !== null) return;
    if (this.#goneAt < Date.now()) {
      this.#goneAt = Date.now() + 2 * this.arena.options.horizonSeconds * 1_000;
      this.#names = await bringRegulars(this.arena, `edge-${this.#groups++}`, GROUP);
    }
    const crossings = await crossingInstants(this.arena, this.#names);
    const middle = [...crossings.values()].toSorted((a, b) => a - b)[GROUP.count >> 1] ?? 0;
    if (middle > Date.now() + REACH_MS + LEAD_MS) this.#next = { crossings, middle };
  }

  /** True when a group crosses within so many milliseconds. */
  isWithin(ms: number): boolean {
    return this.#next !== null && this.#next.middle < Date.now() + ms;
  }

  /** Strikes at the group that is next. False when it came too late for one of the sides. */
  async strike(): Promise<boolean> {
    const { arena } = this;
    const { crossings, middle } = this.#next!;
    this.#next = null;
    this.#goneAt = 0;
    const near = [...crossings].filter(([, crossing]) => Math.abs(crossing - middle) < REACH_MS);
    const coming = near.filter(([, crossing]) => crossing > middle);
    await arena.pause(Math.max(0, middle - LEAD_MS - Date.now()));
    const acted = coming.filter((_, n) => n % 2 === 0);
    await Promise.all(acted.map(([customer]) => arena.load.send([view(customer, 'acts')])));
    const actedAt = Date.now();
    await arena.pause(Math.max(0, middle - actedAt));

    const from = Date.now();
    await Promise.all(arena.fleet.of('scoring').map((replica) => replica.kill()));
    const until = Date.now();
    arena.say(`killed scoring amid ${near.length} crossings`);
    const gone = near.filter(([, crossing]) => crossing < from - CLOCK_MS);
    const atOnce = coming.filter(([, crossing], n) => n % 2 === 1 && crossing > until);
    await Promise.all(gone.map(([customer]) => arena.load.send([view(customer, 'acts')])));
    await Promise.all(atOnce.map(([customer, crossing]) => this.#actAt(customer, crossing)));
    await arena.fleet.start();

    const before = actedAt < from ? acted.filter(([, crossing]) => crossing > until) : [];
    const sides = [before, atOnce, gone] as const;
    SIDES.forEach((side, n) => {
      arena.struck(side, sides[n]!.length);
      this.#aims.push(...sides[n]!.map(([customer, crossing]) => ({ customer, crossing, side })));
    });
    return sides.every(({ length }) => length > 0);
  }

  /** What must have come of it: faults, one sentence each. */
  async examine(): Promise<string[]> {
    const times = await silentCrossings(this.arena.grounds.broker);
    return this.#aims.flatMap(({ customer, crossing, side }) => {
      const found = times.get(`${customer} ${crossing}`) ?? 0;
      const right = side === BEFORE ? 0 : 1;
      return found === right ? [] : [`${customer} (${side}) crossed ${found} times at ${toIso(crossing)}.`];
    });
  }

  /** What happened in the very millisecond of a crossing, as an import tells it. */
  async #actAt(customer: string, instant: Millis): Promise<void> {
    await this.arena.pause(Math.max(0, instant - Date.now()));
    const at = toIso(instant);
    const event = { messageId: `${customer}-acts`, customer, type: 'view', occurredAt: at, receivedAt: at };
    await this.arena.load.send([event], 'import');
  }
}
