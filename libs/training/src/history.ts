// A shop's log as histories: per customer the feature records, made by the very code that serves (libs/features), and the purchases
// that labels are made of.
import { applyEvent, type CustomerFeatures } from '@holdfast/features';
import { type BehaviorEvent, customerKey, type EventType, type Millis } from '@holdfast/schemas';

/** What was known of a customer right after one event. */
export interface Moment {
  /** When it was known (receivedAt). */
  readonly at: Millis;
  /** Silence counts from here; `null` before the first activity. */
  readonly lastActivityAt: Millis | null;
  /** The event was an activity, and the customer's newest. */
  readonly acted: boolean;
  /** Purchases so far. */
  readonly orders: number;
  /** Raw step input, `null` where a burst of views is collapsed. */
  readonly x: readonly number[] | null;
  /** Raw counters. */
  readonly w: readonly number[];
  /** The event itself. */
  readonly event: PlainEvent;
}

/** What the tabular methods see of an event. */
export interface PlainEvent {
  readonly type: EventType;
  /** When it happened. */
  readonly at: Millis;
  /** Major units of the base currency; 0 where nothing is known. */
  readonly value: number;
  /** Order lines, else pieces. */
  readonly items: number;
}

/** One customer. */
export interface History {
  readonly shop: string;
  readonly customer: string;
  /** In the order they became known. */
  readonly moments: readonly Moment[];
  /** Times of purchases, rising. */
  readonly purchases: readonly Millis[];
  /** Amounts of the purchases in base currency, minor units; in the same order. */
  readonly amounts: readonly number[];
}

interface Draft {
  readonly shop: string;
  readonly customer: string;
  readonly events: BehaviorEvent[];
}

/**
 * Collects events into histories. They may come in any order of their own: a history that is imported into a running shop lies behind
 * live events in the log, and what was known at a moment must not depend on that.
 */
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
    const draft = this.#drafts.get(key);
    if (draft) draft.events.push(event);
    else this.#drafts.set(key, { shop: event.shop, customer: event.customer, events: [event] });
    this.#events += 1;
  }

  /** All histories, by shop and customer. */
  build(): History[] {
    return [...this.#drafts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, draft]) => historyOf(draft));
  }
}

/** Folds a customer's events in the order they became known; those of one instant as they came. */
function historyOf({ shop, customer, events }: Draft): History {
  const moments: Moment[] = [];
  const purchases: { readonly at: Millis; readonly amount: number }[] = [];
  let state: CustomerFeatures | undefined;
  for (const event of [...events].sort((a, b) => a.receivedAt - b.receivedAt)) {
    const { state: next, record } = applyEvent(state, event);
    state = next;
    moments.push({
      at: record.at,
      lastActivityAt: record.lastActivityAt,
      // As scoring has it: late news of an older activity is no act of now, and lowers no tier.
      acted: record.kind === 'activity' && record.occurredAt >= (record.lastActivityAt ?? 0),
      orders: record.profile.orders,
      x: record.x,
      w: record.w,
      event: {
        type: event.type,
        at: record.occurredAt,
        value: (record.amountMinor ?? 0) / 100,
        items: event.lines?.length ?? event.quantity ?? 1,
      },
    });
    if (event.type === 'purchase') purchases.push({ at: record.occurredAt, amount: record.amountMinor ?? 0 });
  }
  const ordered = purchases.sort((a, b) => a.at - b.at);
  return {
    shop,
    customer,
    moments,
    purchases: ordered.map((purchase) => purchase.at),
    amounts: ordered.map((purchase) => purchase.amount),
  };
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
export const buysWithin = (history: History, from: Millis, until: Millis): boolean =>
  firstPurchaseWithin(history, from, until) !== null;

/** The first purchase in [from, until); null: there is none. */
export function firstPurchaseWithin(history: History, from: Millis, until: Millis): Millis | null {
  const { purchases } = history;
  let [low, high] = [0, purchases.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (purchases[middle]! < from) low = middle + 1;
    else high = middle;
  }
  const first = purchases[low];
  return first !== undefined && first < until ? first : null;
}
