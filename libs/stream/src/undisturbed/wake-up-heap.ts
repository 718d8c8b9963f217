// The wake-ups of a partition's customers, next one first: by instant, and of one instant by the bytes of the key.
import { type FoldedCustomer } from './folded-customer.js';

interface WakeUp {
  readonly wakeAt: number;
  readonly customer: FoldedCustomer;
}

/** A binary heap. Wake-ups that have been set anew stay in it and are passed over when their turn comes. */
export class WakeUpHeap {
  readonly #heap: WakeUp[] = [];

  /** To be called whenever a customer's wake-up has been set. */
  add(customer: FoldedCustomer): void {
    if (customer.wakeAt === null) return;
    const heap = this.#heap;
    const added = { wakeAt: customer.wakeAt, customer };
    let i = heap.push(added) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(added, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = added;
  }

  /** Takes out the next customer who is to be woken at or before `until`, if there is one. */
  next(until: number): FoldedCustomer | undefined {
    for (let first = this.#heap[0]; first && first.wakeAt <= until; first = this.#heap[0]) {
      this.#removeFirst();
      if (first.customer.wakeAt === first.wakeAt) return first.customer;
    }
    return undefined;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

const isBefore = (a: WakeUp, b: WakeUp): boolean =>
  a.wakeAt === b.wakeAt
    ? Buffer.compare(Buffer.from(a.customer.key), Buffer.from(b.customer.key)) < 0
    : a.wakeAt < b.wakeAt;
