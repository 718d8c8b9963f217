// Values → records of the log, addressed to their partitions.
import { randomUUID } from 'node:crypto';

import { type BrokerRecord } from '@holdfast/broker';
import {
  BEHAVIOR_EVENTS,
  BEHAVIOR_REJECTED,
  type BehaviorEvent,
  customerKey,
  HEADERS,
  type Millis,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';

import { isObject } from './fields.js';
import { type Refusal } from './refusal.js';
import { withoutBadText } from './text-check.js';

const meta = (id: string) => ({ id, sequence: 0 });
// Header values are ASCII; message ids may be anything.
const ascii = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text));

/** The record of an event. Its message id is what features removes duplicates by. */
export const eventRecord = (event: BehaviorEvent): BrokerRecord => ({
  key: customerKey(event.shop, event.customer),
  value: BEHAVIOR_EVENTS.encode(event, meta(event.messageId)),
  headers: { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: ascii(event.messageId) },
  at: event.receivedAt,
});

/** "It is now `at`", for any partition. */
export const tickRecord = (at: Millis): BrokerRecord => ({
  key: null,
  value: tickCodec.encode({ type: 'tick', at }, meta('')),
  headers: { [HEADERS.schema]: TICK_SCHEMA },
  at,
});

/** Most of a body that is kept of an event that is too large. */
const KEPT = 4_096;

/** The record of a refused event. */
export function rejectedRecord(
  shop: string,
  item: unknown,
  { refusal, receivedAt }: { readonly refusal: Refusal; readonly receivedAt: Millis },
): BrokerRecord {
  const asText = refusal.reason === 'too-large' || refusal.reason === 'bad-text';
  // As text, bad characters are escapes: harmless.
  const body = asText ? JSON.stringify(item).slice(0, KEPT) : (item ?? null);
  const id = isObject(item) && typeof item['messageId'] === 'string' ? item['messageId'].slice(0, 200) : randomUUID();
  return {
    key: customerKey(shop, ''),
    value: BEHAVIOR_REJECTED.encode({ shop, receivedAt, ...refusal, body }, meta(id)),
    headers: { [HEADERS.schema]: BEHAVIOR_REJECTED.schema, [HEADERS.eventId]: ascii(withoutBadText(id)) },
    at: receivedAt,
  };
}
