// UCI "Online Retail II" (Chen 2019, CC BY 4.0): order lines of a UK gift shop. One event per invoice: a purchase, or a refund for
// an invoice that begins with C. Rows without customer, price or sense are no purchases; the yearly files overlap by a week.
import { type Millis } from '@holdfast/schemas';

import { badTime, columnsOf, fieldAt, hasColumns, noCustomer, numberAt, refuse } from './columns.js';
import { type Mapped, type RowMapper } from './dataset-line.js';
import { basename } from 'node:path';
import { type TableLayout } from './layout.js';
import { toMinor } from './money.js';
import { rowsOf, splitCommas } from './rows.js';
import { readTimestamp, startOfDay } from './timestamp.js';

const COLUMNS = ['Invoice', 'StockCode', 'Quantity', 'InvoiceDate', 'Price', 'Customer ID'] as const;

export const onlineRetailII: TableLayout = {
  kind: 'table',
  name: 'online-retail-ii',
  about: 'UCI Online Retail II: two years of a UK gift shop, order lines and cancellations.',
  currency: 'GBP',
  split: splitCommas,
  fits: (line) => hasColumns(line, COLUMNS),
  hasHeader: () => true,
  async mapper(header, { currency, files }) {
    const at = columnsOf(header, COLUMNS);
    const ends = await endsOf(files.main, at.InvoiceDate);
    const map: RowMapper = (fields, file) => {
      const customer = fieldAt(fields, at['Customer ID']);
      if (customer === '') return noCustomer('Customer ID');
      const occurredAt = readTimestamp(fieldAt(fields, at.InvoiceDate));
      if (occurredAt === null) return badTime(fieldAt(fields, at.InvoiceDate));
      if (occurredAt >= (ends.get(file) ?? Infinity)) return refuse('overlap', 'The next file has this row too.');
      const order = { invoice: fieldAt(fields, at.Invoice), customer, occurredAt, currency };
      const sku = fieldAt(fields, at.StockCode);
      return orderRow(order, sku, { quantity: numberAt(fields, at.Quantity), price: numberAt(fields, at.Price) });
    };
    return map;
  },
};

interface Order {
  readonly invoice: string;
  readonly customer: string;
  readonly occurredAt: Millis;
  readonly currency: string;
}

function orderRow(order: Order, sku: string, row: { quantity: number | null; price: number | null }): Mapped {
  if (row.quantity === null || row.price === null) return refuse('bad-number', 'Quantity or Price is no number.');
  const cancelled = order.invoice.startsWith('C');
  const counts = cancelled ? row.quantity < 0 : row.quantity > 0 && row.price > 0;
  if (!counts) return refuse('no-purchase', 'Neither a sale (Quantity and Price above 0) nor a cancellation.');
  const quantity = Math.abs(row.quantity);
  const amountMinor = toMinor(Math.abs(row.quantity * row.price), order.currency);
  return {
    key: `${order.customer}/${order.invoice}`,
    orderLine: { sku: sku || 'unknown', quantity, amountMinor },
    event: {
      messageId: `orii-${order.invoice}`,
      customer: order.customer,
      type: cancelled ? 'refund' : 'purchase',
      occurredAt: order.occurredAt,
      orderId: order.invoice,
      currency: order.currency,
      amountMinor,
      quantity,
    },
  };
}

/** Where each file stops counting: at the start of the day on which the next one begins. */
async function endsOf(paths: readonly string[], column: number): Promise<ReadonlyMap<string, Millis>> {
  const starts: { file: string; start: Millis }[] = [];
  for (const path of paths) {
    const start = await firstTime(path, column);
    if (start !== null) starts.push({ file: basename(path), start: startOfDay(start) });
  }
  starts.sort((a, b) => a.start - b.start);
  return new Map(starts.flatMap(({ file }, i) => (i + 1 < starts.length ? [[file, starts[i + 1]!.start]] : [])));
}

async function firstTime(path: string, column: number): Promise<Millis | null> {
  for await (const rows of rowsOf(path, splitCommas)) {
    for (const row of rows) {
      const at = 'fields' in row ? readTimestamp(fieldAt(row.fields, column)) : null;
      if (at !== null) return at;
    }
  }
  return null;
}
