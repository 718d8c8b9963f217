// The general form: customer_id, occurred_at, type, order_id, amount, currency, sku, quantity, category, discount. The first three are
// required. Rows of one customer, type and order are one event with a line each.
import { EVENT_TYPES, type EventType } from '@holdfast/schemas';

import { badTime, columnsOf, fieldAt, hasColumns, noCustomer, numberAt, refuse } from './columns.js';
import { type EventParts, type Mapped } from './dataset-line.js';
import { type TableLayout } from './layout.js';
import { toMinor } from './money.js';
import { splitCommas } from './rows.js';
import { readTimestamp } from './timestamp.js';

const REQUIRED = ['customer_id', 'occurred_at', 'type'] as const;
const COLUMNS = [...REQUIRED, 'order_id', 'amount', 'currency', 'sku', 'quantity', 'category', 'discount'] as const;

/** Names people use besides ours. */
const SYNONYMS: Readonly<Record<string, EventType>> = {
  order: 'purchase',
  'order-completed': 'purchase',
  transaction: 'purchase',
  return: 'refund',
  'page-view': 'view',
  'product-view': 'view',
  visit: 'view',
  'cart-add': 'cart',
  'add-to-cart': 'cart',
  addtocart: 'cart',
  'begin-checkout': 'checkout',
  'checkout-started': 'checkout',
  'wishlist-add': 'wishlist',
  favourite: 'wishlist',
  signin: 'login',
  'coupon-redeemed': 'coupon-applied',
};
const known: ReadonlySet<string> = new Set(EVENT_TYPES);

/** The event type a word stands for, `null` when it stands for none. */
export function typeOfWord(word: string): EventType | null {
  const clean = word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
  return SYNONYMS[clean] ?? (known.has(clean) ? (clean as EventType) : null);
}

export const generalCsv: TableLayout = {
  kind: 'table',
  name: 'csv',
  about: `General CSV: ${COLUMNS.join(', ')} (the first three are required).`,
  currency: 'GBP',
  split: splitCommas,
  fits: (line) => hasColumns(line, REQUIRED),
  hasHeader: () => true,
  mapper: async (header, context) => {
    const at = columnsOf(header, COLUMNS);
    return (fields) => {
      try {
        return mapRow(fields, at, context.currency);
      } catch (error) {
        return refuse('bad-number', (error as Error).message);
      }
    };
  },
};

function mapRow(fields: readonly string[], at: Record<(typeof COLUMNS)[number], number>, base: string): Mapped {
  const text = (name: (typeof COLUMNS)[number]) => fieldAt(fields, at[name]);
  const customer = text('customer_id');
  if (customer === '') return noCustomer('customer_id');
  const occurredAt = readTimestamp(text('occurred_at'));
  if (occurredAt === null) return badTime(text('occurred_at'));
  const type = typeOfWord(text('type'));
  if (type === null) return refuse('unknown-type', `No event type is called ${JSON.stringify(text('type'))}.`);
  for (const name of ['amount', 'quantity', 'discount'] as const) {
    if (text(name) !== '' && numberAt(fields, at[name]) === null) {
      return refuse('bad-number', `${name} is no number: ${JSON.stringify(text(name))}.`);
    }
  }
  const currency = text('currency').toUpperCase() || base;
  const [amount, quantity, discount] = [at.amount, at.quantity, at.discount].map((i) => numberAt(fields, i));
  const [sku, category, orderId] = [text('sku'), text('category'), text('order_id')];
  const isOrder = (type === 'purchase' || type === 'refund') && orderId !== '';
  const amountMinor = amount === null ? null : Math.abs(toMinor(amount!, currency));
  const event: EventParts = {
    customer,
    type,
    occurredAt,
    ...(amountMinor !== null && { amountMinor, currency }),
    ...(quantity !== null && { quantity: Math.abs(quantity!) }),
    ...(discount !== null && { discountMinor: toMinor(discount!, currency) }),
    ...(orderId && { orderId }),
    ...(!isOrder && sku && { sku }),
    ...(!isOrder && category && { category }),
  };
  if (!isOrder) return { event };
  const line = { sku, quantity: Math.abs(quantity ?? 1), amountMinor: amountMinor ?? 0, ...(category && { category }) };
  return { key: `${customer}/${type}/${orderId}`, event, ...(sku && { orderLine: line }) };
}
