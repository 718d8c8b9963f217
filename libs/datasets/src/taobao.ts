// Taobao UserBehavior (research use): page views, carts, favourites and purchases of nine days, seconds. The public file has no
// header. Times are shown as the shop's wall clock (UTC + 8 h); stamps outside the nine days are known errors.
import { HOUR, SECOND } from '@holdfast/schemas';

import { columnsOf, fieldAt, hasColumns, noCustomer, refuse } from './columns.js';
import { type EventParts } from './dataset-line.js';
import { type TableLayout } from './layout.js';
import { splitCommas } from './rows.js';

const COLUMNS = ['user_id', 'item_id', 'category_id', 'behavior_type', 'timestamp'] as const;
const TYPES: Readonly<Record<string, EventParts['type']>> = {
  pv: 'view',
  cart: 'cart',
  fav: 'wishlist',
  buy: 'purchase',
};
/** 2017-11-25 00:00 … 2017-12-04 00:00 in China, Unix seconds. */
const FROM = 1_511_539_200;
const UNTIL = 1_512_316_800;

export const taobao: TableLayout = {
  kind: 'table',
  name: 'taobao',
  about: 'Taobao UserBehavior: nine days of views, carts, favourites and purchases, by the second, without prices.',
  currency: 'CNY',
  split: splitCommas,
  fits: (line) => hasColumns(line, COLUMNS) || /^\d+,\d+,\d+,(pv|cart|fav|buy),-?\d+$/.test(line.trim()),
  hasHeader: (line) => /[a-z]_id/i.test(line),
  mapper: async (header) => {
    const named = header.includes('user_id');
    const at = columnsOf(named ? header : COLUMNS, COLUMNS);
    return (fields) => {
      const customer = fieldAt(fields, at.user_id);
      if (customer === '') return noCustomer('user_id');
      const stamp = Number(fieldAt(fields, at.timestamp) || Number.NaN);
      if (!(stamp >= FROM && stamp < UNTIL)) {
        return refuse('bad-time', `${fieldAt(fields, at.timestamp)} lies outside the nine days of the data set.`);
      }
      const behavior = fieldAt(fields, at.behavior_type);
      const type = TYPES[behavior];
      if (!type) return refuse('unknown-type', `No behaviour is called ${behavior}.`);
      const sku = fieldAt(fields, at.item_id);
      const category = fieldAt(fields, at.category_id);
      const item = { ...(sku && { sku }), ...(category && { category }) };
      return {
        key: `${customer}/${behavior}/${stamp}`,
        event: {
          messageId: `taobao-${customer}-${behavior}-${stamp}`,
          customer,
          type,
          occurredAt: stamp * SECOND + 8 * HOUR,
          quantity: 1,
          ...(type === 'purchase' ? {} : item),
        },
        ...(type === 'purchase' && sku ? { orderLine: { amountMinor: 0, quantity: 1, ...item, sku } } : {}),
      };
    };
  },
};
