// The coming wake-ups of one partition: those read from the store up to the window's end, and those of customers changed since.
// Beyond the window's end there may be others that are not in memory, so time never passes it.
import { type Millis } from '@holdfast/schemas';
import { type WakeUp } from '@holdfast/postgres';

import { compareWakeUps } from './key-order.js';

export class WakeUps {
  private readonly heap: WakeUp[] = [];
  private listed: readonly WakeUp[] = [];
  private next = 0;
  /** null: everything stored is known. */
  private end: WakeUp | null = null;

  /** Starts over from what the store has just read, at most `window`, plus those of customers changed since. */
  reset(listed: readonly WakeUp[], window: number, changed: Iterable<WakeUp>): void {
    this.listed = listed;
    this.next = 0;
    this.end = listed.length < window ? null : listed[listed.length - 1]!;
    this.heap.length = 0;
    for (const wakeUp of changed) this.add(wakeUp);
  }

  /** Entries beside the list; grows with every change of a wake-up until the next {@link reset}. */
  get size(): number {
    return this.heap.length;
  }

  /** A customer's wake-up has changed. The old one stays in here; whoever takes it compares it with the customer's. */
  add(wakeUp: WakeUp): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(wakeUp);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (compareWakeUps(heap[parent]!, wakeUp) <= 0) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = wakeUp;
  }

  /** The first one at or before `until`; 'beyond' when there may be one that only the store knows; null when there is none. */
  first(until: Millis): WakeUp | 'beyond' | null {
    const first = this.least();
    const inside = first !== undefined && (this.end === null || compareWakeUps(first, this.end) <= 0);
    if (inside) return first.wakeAt <= until ? first : null;
    return this.end !== null && this.end.wakeAt <= until ? 'beyond' : null;
  }

  /** Removes the first one. */
  take(): void {
    if (this.least() === this.listed[this.next]) this.next++;
    else this.pop();
  }

  /** Up to `count` keys that are due next by the list, for loading them together. */
  upcoming(until: Millis, count: number): string[] {
    const keys: string[] = [];
    for (let i = this.next; i < this.listed.length && keys.length < count; i++) {
      if (this.listed[i]!.wakeAt > until) break;
      keys.push(this.listed[i]!.key);
    }
    return keys;
  }

  private least(): WakeUp | undefined {
    const a = this.listed[this.next];
    const b = this.heap[0];
    if (a === undefined || b === undefined) return a ?? b;
    return compareWakeUps(a, b) <= 0 ? a : b;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && compareWakeUps(heap[child + 1]!, heap[child]!) < 0) child++;
      if (compareWakeUps(last, heap[child]!) <= 0) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
