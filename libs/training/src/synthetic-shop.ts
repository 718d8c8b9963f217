// A made-up shop for tests: customers with rhythms of their own, some of whom stop for good.
import { type BehaviorEvent, DAY } from '@holdfast/schemas';

import { type History, HistoryBuilder } from './history.js';
import { randomFor } from './random.js';

export const SHOP_START = Date.UTC(2024, 0, 1);

/** An event of a test. */
export const eventOf = (
  customer: string,
  type: BehaviorEvent['type'],
  at: number,
  amountMinor = 1_000,
): BehaviorEvent => ({
  messageId: `${customer}-${type}-${at}`,
  shop: 'main',
  customer,
  type,
  occurredAt: at,
  receivedAt: at,
  origin: 'replay',
  ...(type === 'purchase' ? { amountMinor, currency: 'GBP' } : {}),
});

/** Events of a shop, in time order. */
export function syntheticEvents(customers: number, days: number, seed = 1): BehaviorEvent[] {
  const random = randomFor(seed, 'shop');
  const events: BehaviorEvent[] = [];
  for (let i = 0; i < customers; i++) {
    const rhythm = (3 + 20 * random.next()) * DAY;
    const leavesAt = SHOP_START + (random.next() < 0.5 ? days * random.next() : 2 * days) * DAY;
    let at = SHOP_START + Math.floor((random.next() * days * DAY) / 2);
    while (at < Math.min(leavesAt, SHOP_START + days * DAY)) {
      if (random.next() < 0.5) events.push(eventOf(`c${i}`, 'view', at - 60_000));
      events.push(eventOf(`c${i}`, 'purchase', at, 500 + Math.floor(2_000 * random.next())));
      at += Math.floor(rhythm * (0.3 + 1.4 * random.next()));
    }
  }
  return events.sort((a, b) => a.occurredAt - b.occurredAt);
}

/** Histories of events. */
export function historiesOf(events: readonly BehaviorEvent[]): History[] {
  const builder = new HistoryBuilder();
  for (const event of events) builder.add(event);
  return builder.build();
}
