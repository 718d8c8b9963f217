// A shop's log as histories: per customer the feature records, made by the very code that serves (libs/features), and the purchases
// that labels are made of.
import { applyEvent, type CustomerFeatures } from '@holdfast/features';
import { type BehaviorEvent, customerKey, type Millis } from '@holdfast/schemas';

/** What was known of a customer right after one event. */
export interface Moment {
  /** When it was known (receivedAt). */
  readonly at: Millis;
  /** Silence counts from here; `null` before the first activity. */
  readonly lastActivityAt: Millis | null;
  /** The event was an activity. */
  readonly acted: boolean;
  /** Purchases so far. */
  readonly orders: number;
  /** Raw step input, `null` where a burst of views is collapsed. */
  readonly x: readonly number[] | null;
  /** Raw counters. */
  readonly w: readonly number[];
}

/** One customer. */
export interface History {
  readonly customer: string;
  /** In the order they became known. */
  readonly moments: readonly Moment[];
  /** Times of purchases, rising. */
  readonly purchases: readonly Millis[];
  /** Amounts of the purchases in base currency, minor units; in the same order. */
  readonly amounts: readonly number[];
}

interface Draft {
  readonly customer: string;
  state: CustomerFeatures | undefined;
  readonly moments: Moment[];
  readonly purchases: { readonly at: Millis; readonly amount: number }[];
}

/** Collects events, in the order they became known, into histories. */
export class HistoryBuilder {
  readonly #drafts = new Map<string, Draft>();
  #events = 0;

  /** Events taken so far. */
  get events(): number {
    return this.#events;
  }

  /** Takes the next event. */
  add(event: BehaviorEvent): void {
    const key = customerKey(event.shop, event.customer);
    const draft: Draft = this.#drafts.get(key) ?? {
      customer: event.customer,
      state: undefined,
      moments: [],
      purchases: [],
    };
    this.#drafts.set(key, draft);
    const { state, record } = applyEvent(draft.state, event);
    draft.state = state;
    this.#events += 1;
    draft.moments.push({
      at: record.at,
      lastActivityAt: record.lastActivityAt,
      acted: record.kind === 'activity',
      orders: record.profile.orders,
      x: record.x,
      w: record.w,
    });
    if (event.type === 'purchase') {
      draft.purchases.push({ at: record.occurredAt, amount: record.amountMinor ?? 0 });
    }
  }

  /** All histories, by shop and customer. */
  build(): History[] {
    return [...this.#drafts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { customer, moments, purchases }]) => {
        const ordered = purchases.sort((a, b) => a.at - b.at);
        return {
          customer,
          moments,
          purchases: ordered.map((purchase) => purchase.at),
          amounts: ordered.map((purchase) => purchase.amount),
        };
      });
  }
}

/** Index of the last moment known strictly before `at`, −1 when there is none. */
export function lastBefore(history: History, at: Millis): number {
  let [low, high] = [0, history.moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (history.moments[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** True when a purchase lies in [from, until). */
export function buysWithin(history: History, from: Millis, until: Millis): boolean {
  const { purchases } = history;
  let [low, high] = [0, purchases.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (purchases[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low < purchases.length && purchases[low]! < until;
}
