// The money of a Segment message: amounts in minor units with currency and the rate to the shop's base currency.
import { type BehaviorEvent, type EventType, type OrderLine } from '@holdfast/schemas';

import { type Fields } from './fields.js';
import { type Rates } from './rates.js';

type Money = Pick<
  BehaviorEvent,
  'amountMinor' | 'currency' | 'rate' | 'discountMinor' | 'quantity' | 'lines' | 'orderId'
>;

/** Types whose properties are an order; the others are about one product. */
const ORDERS: ReadonlySet<EventType> = new Set(['purchase', 'refund', 'cancel', 'checkout']);
const WITH_AMOUNT: ReadonlySet<EventType> = new Set([...ORDERS, 'cart', 'wishlist', 'coupon-applied', 'coupon-denied']);
/** An order has at most so many lines on record; its amount counts all of them. */
const MOST_LINES = 200;

/** Reads what the properties say about money; nothing for types that have none. */
export function readMoney(type: EventType, properties: Fields, rates: Rates): Partial<Money> {
  if (!WITH_AMOUNT.has(type)) return {};
  const currency = readCurrency(properties, rates);
  const money: { -readonly [K in keyof Money]?: Money[K] } = {};
  const orderId = properties.id(200, 'order_id', 'orderId', 'checkout_id');
  if (orderId !== undefined) money.orderId = orderId;
  const quantity = properties.count('quantity');
  if (quantity !== undefined) money.quantity = quantity;
  const discount = properties.minor(currency, 'discount');
  if (discount !== undefined) money.discountMinor = Math.abs(discount);
  const lines = ORDERS.has(type) ? readLines(properties, currency) : [];
  if (lines.length > 0) money.lines = lines.slice(0, MOST_LINES);
  const amount = amountOf(type, properties, { currency, quantity: quantity ?? 1, lines });
  if (amount !== undefined) {
    money.amountMinor = Math.abs(amount);
    money.currency = currency;
    money.rate = rates.of(currency) ?? 1;
  }
  return money;
}

function amountOf(
  type: EventType,
  properties: Fields,
  { currency, quantity, lines }: { currency: string; quantity: number; lines: readonly OrderLine[] },
): number | undefined {
  if (!ORDERS.has(type)) {
    const price = properties.minor(currency, 'price');
    return price === undefined ? properties.minor(currency, 'value') : Math.round(price * quantity);
  }
  // `revenue` is what the shop earns (discounts taken off, without shipping and tax); `total` includes those.
  const said = properties.minor(currency, 'revenue', 'total', 'value', 'subtotal');
  if (said !== undefined && said < 0 && type === 'purchase')
    return properties.refuse('bad-amount', '', 'A purchase cannot have a negative amount: send Order Refunded.');
  return said ?? (lines.length > 0 ? lines.reduce((sum, line) => sum + line.amountMinor, 0) : undefined);
}

function readLines(properties: Fields, currency: string): OrderLine[] {
  return properties.list('products').flatMap((product) => {
    const price = product.minor(currency, 'price') ?? 0;
    const quantity = product.count('quantity') ?? 1;
    const sku = product.id(200, 'sku', 'product_id', 'productId');
    const category = product.label(200, 'category');
    if (sku === undefined) return [];
    return [
      { sku, quantity, amountMinor: Math.round(price * quantity), ...(category === undefined ? {} : { category }) },
    ];
  });
}

function readCurrency(properties: Fields, rates: Rates): string {
  const said = properties.label(10, 'currency')?.toUpperCase();
  if (said === undefined || /^[A-Z]{3}$/.test(said)) return said ?? rates.base;
  properties.refuse('bad-currency', 'currency', '`currency` must be three letters, like EUR.');
  return rates.base;
}
