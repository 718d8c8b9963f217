// REES46 multi-category store (Open CDP): one row per view, cart change or purchase of one product. Files are in time order and
// hold tens of millions of rows, so they stream through.
import { badTime, columnsOf, fieldAt, hasColumns, noCustomer, numberAt, refuse } from './columns.js';
import { type EventParts } from './dataset-line.js';
import { type TableLayout } from './layout.js';
import { toMinor } from './money.js';
import { splitCommas } from './rows.js';
import { readTimestamp } from './timestamp.js';

const COLUMNS = [
  'event_time', 'event_type', 'product_id', 'category_id', 'category_code', 'price', 'user_id', 'user_session',
] as const; // prettier-ignore

const TYPES: Readonly<Record<string, Pick<EventParts, 'type' | 'name'>>> = {
  view: { type: 'view' },
  cart: { type: 'cart' },
  remove_from_cart: { type: 'custom', name: 'remove_from_cart' },
  purchase: { type: 'purchase' },
};

export const rees46: TableLayout = {
  kind: 'table',
  name: 'rees46',
  about: 'REES46 multi-category store: views, carts and purchases, by the second.',
  currency: 'USD',
  split: splitCommas,
  streamed: true,
  fits: (line) => hasColumns(line, COLUMNS),
  hasHeader: () => true,
  mapper: async (header, { currency }) => {
    const at = columnsOf(header, COLUMNS);
    return (fields) => {
      const customer = fieldAt(fields, at.user_id);
      if (customer === '') return noCustomer('user_id');
      const occurredAt = readTimestamp(fieldAt(fields, at.event_time));
      if (occurredAt === null) return badTime(fieldAt(fields, at.event_time));
      const type = TYPES[fieldAt(fields, at.event_type)];
      if (!type) return refuse('unknown-type', `No event type is called ${fieldAt(fields, at.event_type)}.`);
      const price = numberAt(fields, at.price);
      if (price === null && type.type === 'purchase') return refuse('bad-number', 'The price is no number.');
      const sku = fieldAt(fields, at.product_id);
      const category = fieldAt(fields, at.category_code) || fieldAt(fields, at.category_id);
      const session = fieldAt(fields, at.user_session);
      const money = price === null ? {} : { amountMinor: toMinor(price, currency), currency };
      return {
        event: {
          customer,
          occurredAt,
          quantity: 1,
          ...type,
          ...money,
          ...(sku && { sku }),
          ...(category && { category }),
          ...(session && { session }),
        },
        ...(type.type === 'purchase' && sku
          ? { orderLine: { sku, quantity: 1, amountMinor: money.amountMinor ?? 0, ...(category && { category }) } }
          : {}),
      };
    };
  },
};
