// Small builders of events for the tests of this lib.
import { type BehaviorEvent, DAY, type EventType, type Millis } from '@holdfast/schemas';

/** Monday 2024-01-01, noon UTC. */
export const START: Millis = Date.UTC(2024, 0, 1, 12);

/** An event `days` after {@link START}. */
export function eventAt(days: number, type: EventType, more: Partial<BehaviorEvent> = {}): BehaviorEvent {
  const at = START + Math.round(days * DAY);
  return {
    messageId: `m-${days}-${type}`, shop: 'main', customer: 'c1', type, occurredAt: at, receivedAt: at, origin: 'live', ...more,
  }; // prettier-ignore
}

/** A purchase of `amountMinor` in base currency. */
export const purchaseAt = (days: number, amountMinor = 2000, more: Partial<BehaviorEvent> = {}): BehaviorEvent =>
  eventAt(days, 'purchase', { amountMinor, quantity: 1, ...more });
