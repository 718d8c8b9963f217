// 84.51° "Complete Journey" (CC0): item lines of grocery baskets (a purchase per basket), and coupon redemptions from the file beside
// them, one event per household and day, for households that bought.
import { basename } from 'node:path';

import { badTime, columnsOf, fieldAt, hasColumns, noCustomer, numberAt, refuse } from './columns.js';
import { type EventParts, type Mapped } from './dataset-line.js';
import { type FileSet, type TableLayout } from './layout.js';
import { toMinor } from './money.js';
import { splitCommas } from './rows.js';
import { recordsOf } from './side-table.js';
import { readTimestamp } from './timestamp.js';

const COLUMNS = [
  'household_id', 'basket_id', 'product_id', 'quantity', 'sales_value', 'transaction_timestamp',
] as const; // prettier-ignore

export const completeJourney: TableLayout = {
  kind: 'table',
  name: 'complete-journey',
  about: 'Complete Journey: a year of grocery baskets of households, with coupon redemptions.',
  currency: 'USD',
  split: splitCommas,
  fits: (line) => hasColumns(line, COLUMNS),
  hasHeader: () => true,
  async mapper(header, { currency, files }) {
    const at = columnsOf(header, [...COLUMNS, 'retail_disc', 'coupon_disc']);
    const departments = await departmentsOf(files);
    return (fields) => {
      const customer = fieldAt(fields, at.household_id);
      if (customer === '') return noCustomer('household_id');
      const occurredAt = readTimestamp(fieldAt(fields, at.transaction_timestamp));
      if (occurredAt === null) return badTime(fieldAt(fields, at.transaction_timestamp));
      const [quantity, value] = [numberAt(fields, at.quantity), numberAt(fields, at.sales_value)];
      if (quantity === null || value === null) return refuse('bad-number', 'quantity or sales_value is no number.');
      if (quantity <= 0 || value <= 0) return refuse('no-purchase', 'quantity or sales_value is not above 0.');
      const basket = fieldAt(fields, at.basket_id);
      const sku = fieldAt(fields, at.product_id) || 'unknown';
      const category = departments.get(sku);
      const off = (numberAt(fields, at.retail_disc) ?? 0) + (numberAt(fields, at.coupon_disc) ?? 0);
      const amountMinor = toMinor(value, currency);
      const event: EventParts = {
        messageId: `cj-${customer}-${basket}`,
        customer,
        type: 'purchase',
        occurredAt,
        orderId: basket,
        currency,
        amountMinor,
        quantity,
        ...(off > 0 && { discountMinor: toMinor(off, currency) }),
      };
      return {
        key: `${customer}/${basket}`,
        event,
        orderLine: { sku, quantity, amountMinor, ...(category && { category }) },
      };
    };
  },
  extras: redemptions,
};

async function* redemptions(customers: ReadonlySet<string>, { files }: { readonly files: FileSet }) {
  const path = files.beside('coupon_redemptions');
  if (path === null) return;
  const file = basename(path);
  for await (const { line, values } of recordsOf(path, ['household_id', 'coupon_upc', 'redemption_date'])) {
    yield { mapped: redemption(values, customers), line, file };
  }
}

function redemption(
  row: Readonly<Record<'household_id' | 'coupon_upc' | 'redemption_date', string>>,
  customers: ReadonlySet<string>,
): Mapped {
  const occurredAt = readTimestamp(row.redemption_date);
  if (occurredAt === null) return badTime(row.redemption_date);
  const customer = row.household_id;
  if (!customers.has(customer)) return refuse('no-purchase', 'A redemption by a household that never bought.');
  const key = `${customer}-coupon-${row.redemption_date}`;
  const coupon = row.coupon_upc;
  return {
    key,
    event: {
      messageId: `cj-${key}`,
      customer,
      type: 'coupon-applied',
      occurredAt,
      quantity: 1,
      ...(coupon && { coupon }),
    },
  };
}

async function departmentsOf(files: FileSet): Promise<ReadonlyMap<string, string>> {
  const departments = new Map<string, string>();
  const path = files.beside('products');
  if (path === null) return departments;
  for await (const { values } of recordsOf(path, ['product_id', 'department'])) {
    departments.set(values.product_id, values.department || 'unknown');
  }
  return departments;
}
