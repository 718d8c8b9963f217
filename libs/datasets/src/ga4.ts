// Google Merchandise Store, GA4 export (Google's public sample, obfuscated): events.csv, with the prices in items.csv beside it. A
// session begins with a visit (a view); funnel events repeat one row per item and are joined. Sessions are unique per user only.
import { badTime, columnsOf, fieldAt, hasColumns, noCustomer, refuse } from './columns.js';
import { type EventParts } from './dataset-line.js';
import { type FileSet, type TableLayout } from './layout.js';
import { toMinor } from './money.js';
import { splitCommas } from './rows.js';
import { recordsOf } from './side-table.js';
import { readTimestamp } from './timestamp.js';

const COLUMNS = ['user_id', 'ga_session_id', 'device', 'type', 'item_id', 'date'] as const;
const TYPES: Readonly<Record<string, EventParts['type']>> = {
  add_to_cart: 'cart',
  begin_checkout: 'checkout',
  purchase: 'purchase',
};
const DEVICES: Readonly<Record<string, NonNullable<EventParts['device']>>> = {
  desktop: 'desktop',
  mobile: 'mobile',
  tablet: 'tablet',
  'smart tv': 'tv',
};

export const ga4: TableLayout = {
  kind: 'table',
  name: 'ga4',
  about: 'Google Merchandise Store (GA4 sample): carts, checkouts and purchases of three months, by the second.',
  currency: 'USD',
  target: 'view', // hardly anybody buys twice in three months
  split: splitCommas,
  fits: (line) => hasColumns(line, COLUMNS),
  hasHeader: () => true,
  async mapper(header, { currency, files }) {
    const at = columnsOf(header, COLUMNS);
    const items = await itemsOf(files);
    return (fields) => {
      const customer = fieldAt(fields, at.user_id);
      if (customer === '') return noCustomer('user_id');
      const date = fieldAt(fields, at.date);
      const occurredAt = readTimestamp(date);
      if (occurredAt === null) return badTime(date);
      const name = fieldAt(fields, at.type);
      const type = TYPES[name];
      if (!type) return refuse('unknown-type', `No event type is called ${name}.`);
      const session = `${customer}-${fieldAt(fields, at.ga_session_id)}`;
      const device = DEVICES[fieldAt(fields, at.device)] ?? 'other';
      const sku = fieldAt(fields, at.item_id);
      const item = items.get(sku);
      const amountMinor = toMinor(item?.price ?? 0, currency);
      const visit: EventParts = { messageId: `ga4-${session}`, customer, type: 'view', occurredAt, session, device };
      const key = `${session}/${name}/${date}`;
      const messageId = `ga4-${session}-${name}-${occurredAt / 1_000}`;
      const money = { currency, amountMinor, quantity: 1 };
      return {
        // The session's visit comes first; every later row of the session joins it without adding anything.
        before: { key: session, event: visit },
        key,
        event: { messageId, customer, type, occurredAt, session, device, ...money },
        ...(sku && { orderLine: { sku, quantity: 1, amountMinor, ...(item && { category: item.category }) } }),
      };
    };
  },
};

async function itemsOf(files: FileSet): Promise<ReadonlyMap<string, { price: number; category: string }>> {
  const items = new Map<string, { price: number; category: string }>();
  const path = files.beside('items');
  if (path === null) return items;
  for await (const { values } of recordsOf(path, ['id', 'category', 'price_in_usd'])) {
    items.set(values.id, { price: Number(values.price_in_usd) || 0, category: values.category || 'unknown' });
  }
  return items;
}
