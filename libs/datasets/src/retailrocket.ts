// RetailRocket `events.csv` (CC BY-NC-SA): views, carts and transactions of anonymous visitors, milliseconds, no prices. The rows of
// one transaction are one purchase. Not in time order.
import { columnsOf, fieldAt, hasColumns, noCustomer, refuse } from './columns.js';
import { type EventParts } from './dataset-line.js';
import { type TableLayout } from './layout.js';
import { splitCommas } from './rows.js';

const COLUMNS = ['timestamp', 'visitorid', 'event', 'itemid', 'transactionid'] as const;
const TYPES: Readonly<Record<string, EventParts['type']>> = {
  view: 'view',
  addtocart: 'cart',
  transaction: 'purchase',
};

export const retailrocket: TableLayout = {
  kind: 'table',
  name: 'retailrocket',
  about: 'RetailRocket: views, carts and transactions of visitors, by the millisecond, without prices.',
  currency: 'USD',
  split: splitCommas,
  fits: (line) => hasColumns(line, COLUMNS),
  hasHeader: () => true,
  mapper: async (header) => {
    const at = columnsOf(header, COLUMNS);
    return (fields) => {
      const customer = fieldAt(fields, at.visitorid);
      if (customer === '') return noCustomer('visitorid');
      const stamp = fieldAt(fields, at.timestamp);
      if (!/^\d{12,13}$/.test(stamp)) return refuse('bad-time', `${JSON.stringify(stamp)} is no time in milliseconds.`);
      const type = TYPES[fieldAt(fields, at.event)];
      if (!type) return refuse('unknown-type', `No event type is called ${fieldAt(fields, at.event)}.`);
      const sku = fieldAt(fields, at.itemid);
      const event: EventParts = { customer, type, occurredAt: Number(stamp), quantity: 1 };
      if (type !== 'purchase') return { event: { ...event, ...(sku && { sku }) } };
      const orderId = fieldAt(fields, at.transactionid);
      if (orderId === '') return refuse('no-order', 'A transaction without transactionid.');
      return {
        key: `${customer}/${orderId}`,
        event: { ...event, orderId },
        ...(sku && { orderLine: { sku, quantity: 1, amountMinor: 0 } }),
      };
    };
  },
};
