// Segment messages, one JSON object a line; names are mapped by the same table that ingest uses (libs/schemas).
import { type EventType, SEGMENT_CALLS, typeOfTrack } from '@holdfast/schemas';

import { type EventParts, type Mapped } from './dataset-line.js';
import { refuse } from './columns.js';
import { type JsonLayout } from './layout.js';
import { toMinor } from './money.js';
import { readTimestamp } from './timestamp.js';

type Json = Readonly<Record<string, unknown>>;

export const segment: JsonLayout = {
  kind: 'json',
  name: 'segment',
  about: 'Segment messages, one JSON object a line (track, page, screen, identify).',
  currency: 'USD',
  fits: (line) => /^\s*\{.*"(type|event)"\s*:/.test(line),
  map: mapMessage,
};

function mapMessage(message: Json): Mapped {
  const customer = textOf(message['userId']) ?? textOf(message['anonymousId']);
  if (customer === undefined) return refuse('no-customer', 'The message has neither userId nor anonymousId.');
  const stamp = textOf(message['timestamp']) ?? textOf(message['originalTimestamp']) ?? textOf(message['receivedAt']);
  const occurredAt = readTimestamp(stamp ?? '');
  if (occurredAt === null) return refuse('bad-time', `timestamp is no ISO 8601 instant: ${JSON.stringify(stamp)}.`);
  const call = textOf(message['type']) ?? 'track';
  const name = textOf(message['event']) ?? textOf(message['name']);
  const type = call === 'track' ? typeOfTrack(name ?? '') : (SEGMENT_CALLS as Record<string, EventType>)[call];
  if (type === undefined) return refuse('unknown-type', `Segment has no call ${JSON.stringify(call)}.`);
  const messageId = textOf(message['messageId']);
  const properties = objectOf(message['properties']);
  const email = call === 'identify' ? textOf(objectOf(message['traits'])['email']) : undefined;
  try {
    return {
      event: {
        customer,
        type,
        occurredAt,
        ...(messageId && { messageId }),
        ...(name && { name }),
        ...(email && { email }),
        ...detailsOf(properties, type),
      },
    };
  } catch (error) {
    return refuse('bad-number', (error as Error).message);
  }
}

function detailsOf(properties: Json, type: EventParts['type']): Partial<EventParts> {
  const currency = textOf(properties['currency'])?.toUpperCase() ?? segment.currency;
  const items = Array.isArray(properties['products']) ? properties['products'].map(objectOf) : [];
  const lines = items.flatMap((item) => lineOf(item, currency));
  const total = numberOf(properties['total']) ?? numberOf(properties['revenue']) ?? numberOf(properties['value']);
  const price = numberOf(properties['price']);
  const quantity = numberOf(properties['quantity']);
  const amount = total ?? (price === undefined ? undefined : price * (quantity ?? 1));
  const discount = numberOf(properties['discount']);
  const sku = textOf(properties['sku']) ?? textOf(properties['product_id']);
  const category = textOf(properties['category']);
  const orderId = textOf(properties['order_id']);
  const coupon =
    textOf(properties['coupon']) ?? (type.startsWith('coupon') ? textOf(properties['coupon_id']) : undefined);
  return {
    ...(amount !== undefined && { amountMinor: Math.abs(toMinor(amount, currency)), currency }),
    ...(discount !== undefined && { discountMinor: toMinor(discount, currency) }),
    ...(quantity !== undefined && { quantity }),
    ...(sku && { sku }),
    ...(category && { category }),
    ...(orderId && { orderId }),
    ...(coupon && { coupon }),
    ...(lines.length > 0 && { lines, quantity: lines.reduce((total, line) => total + line.quantity, 0) }),
  };
}

function lineOf(item: Json, currency: string): NonNullable<EventParts['lines']> {
  const sku = textOf(item['sku']) ?? textOf(item['product_id']);
  if (sku === undefined) return [];
  const quantity = numberOf(item['quantity']) ?? 1;
  const category = textOf(item['category']);
  const amountMinor = toMinor((numberOf(item['price']) ?? 0) * quantity, currency);
  return [{ sku, quantity, amountMinor, ...(category && { category }) }];
}

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
