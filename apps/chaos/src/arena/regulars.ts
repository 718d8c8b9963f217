// Customers of a scenario's own, whom the load leaves alone: they buy, fall silent, and cross at instants that can be looked up.
import { type Millis, splitKey } from '@holdfast/schemas';

import { keyOf } from '../load/names.js';
import { type Call } from '../load/traffic.js';
import { type Arena } from './arena.js';

/** Calls by which a regular becomes known. */
const CALLS = 3;

const identify = (customer: string): Call => ({
  messageId: `${customer}-known`,
  userId: customer,
  type: 'identify',
  traits: { email: `${customer}@shop.test` },
});

/** A customer looks at something: an act, which ends silence. */
export const view = (customer: string, id: string): Call => ({
  messageId: `${customer}-${id}`,
  userId: customer,
  type: 'track',
  event: 'Product Viewed',
  properties: { product_id: 'sku-1', price: 10, currency: 'GBP' },
});

/** A customer buys. */
export const purchase = (customer: string, id: string, revenue = 20): Call => ({
  messageId: `${customer}-${id}`,
  userId: customer,
  type: 'track',
  event: 'Order Completed',
  properties: { order_id: `${customer}-${id}`, revenue, currency: 'GBP' },
});

/** Brings so many customers, one every so often, who have bought twice when this resolves. Returns their names. */
export async function bringRegulars(arena: Arena, group: string, { count, everyMs = 0 }: Bringing): Promise<string[]> {
  const names = Array.from({ length: count }, (_, n) => `${group}-${n}`);
  const arriving: Promise<void>[] = [];
  for (const name of names) {
    arriving.push(arena.load.send([identify(name), purchase(name, 'first'), purchase(name, 'second')]));
    await arena.pause(everyMs);
  }
  await Promise.all(arriving);
  return names;
}

interface Bringing {
  readonly count: number;
  /** Between two of them, ms; default 0. */
  readonly everyMs?: number;
}

/** When each of them crosses next if nothing happens, as scoring has stored it; who has not been stored is left out. */
export async function crossingInstants(arena: Arena, names: readonly string[]): Promise<Map<string, Millis>> {
  const rows = await arena.grounds.database.query<{ key: string; wake_at: string }>(
    `select key, wake_at from states where task = 'scoring' and key = any($1) and in_sequence >= $2 and wake_at is not null`,
    [names.map((name) => keyOf(name)), CALLS],
  );
  return new Map(rows.map(({ key, wake_at }) => [splitKey(key).customer, Number(wake_at)]));
}
