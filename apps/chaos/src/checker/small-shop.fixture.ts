// 200 days of a small shop, for the checker's tests.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  customerKey,
  DAY,
  HEADERS,
  type Millis,
  partitionOf,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';

import { seeded } from '../load/random.js';

const CUSTOMERS = 60;
const DAYS = 200;

export interface Planned {
  readonly partition: number;
  readonly record: BrokerRecord;
  readonly id?: string;
}

/** Customers come, buy, fall silent; some events come twice, some cannot be read; a tick a day. */
export function* shopHistory(until: Millis, partitions: number): Generator<Planned> {
  const random = seeded(7);
  const start = until - DAYS * DAY;
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  for (let day = 0; day < DAYS; day++) {
    const morning = start + day * DAY;
    const planned = Array.from({ length: CUSTOMERS }, (_, n) => n).flatMap((n): Planned[] => {
      const customer = `customer-${n}`;
      // One after the other falls silent.
      if (day < n || day > n + 20 + (n % 7) * 20 || random() < 0.7) return [];
      const at = morning + Math.floor(random() * 0.9 * DAY);
      const type = day === n ? 'identified' : random() < 0.3 ? 'purchase' : 'view';
      const happened = event({
        customer,
        at,
        type: random() < 0.05 ? 'consent-changed' : type,
        origin: n % 8 === 3 ? 'replay' : 'live',
      });
      const partition = partitionOf(customerKey('main', customer), partitions);
      const planned = { partition, record: recordOf(happened), id: happened.messageId };
      return random() < 0.05 ? [planned, planned] : [planned];
    });
    yield* planned.sort((a, b) => a.record.at - b.record.at);
    if (day % 50 === 7) {
      const at = morning + 0.95 * DAY;
      const headers = { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: `bad-${day}` };
      const record = { key: 'main/customer-1', value: Buffer.from('{'), headers, at };
      yield { partition: partitionOf(record.key, partitions), record, id: `bad-${day}` };
    }
    for (const partition of all) yield { partition, record: tick(morning + DAY) };
  }
}

let events = 0;
type Given = Pick<BehaviorEvent, 'customer' | 'type'> & Partial<Pick<BehaviorEvent, 'origin' | 'coupon'>>;
export function event({ customer, type, at, origin = 'live', coupon }: Given & { readonly at: Millis }): BehaviorEvent {
  const price = { amountMinor: 2_000 + (events % 40) * 100, currency: 'GBP', orderId: `order-${events}` };
  return {
    messageId: `m-${events++}`, shop: 'main', customer, type, occurredAt: at, receivedAt: at, origin,
    ...(type === 'purchase' ? price : {}),
    ...(type === 'identified' ? { email: `${customer}@shop.test` } : {}),
    ...(type === 'consent-changed' ? { consent: { channel: 'sms', granted: true } } : {}),
    ...(coupon === undefined ? {} : { coupon }),
  }; // prettier-ignore
}

export function recordOf(happened: BehaviorEvent): BrokerRecord {
  const { messageId: id, receivedAt: at } = happened;
  const headers = { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: id };
  const key = customerKey(happened.shop, happened.customer);
  return { key, value: BEHAVIOR_EVENTS.encode(happened, { id, sequence: 0 }), headers, at };
}

export function tick(at: Millis): BrokerRecord {
  const value = tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 });
  return { key: null, value, headers: { [HEADERS.schema]: TICK_SCHEMA }, at };
}

export const sentBack = ({ key, value, headers, at }: StoredRecord, stage: string): BrokerRecord => ({
  ...{ key, value, at },
  headers: {
    [HEADERS.schema]: headers[HEADERS.schema]!,
    [HEADERS.replayOf]: headers[HEADERS.eventId]!,
    [HEADERS.replayFor]: stage,
  },
});
