// CDNOW (Fader & Hardie): purchases of the 23,570 customers who began in early 1997. Columns set apart by blanks, days without
// clock; the 1/10 sample has a second customer number and no header. Two lines on one day are two purchases.
import { badTime, fieldAt, noCustomer, numberAt, refuse } from './columns.js';
import { type TableLayout } from './layout.js';
import { toMinor } from './money.js';
import { splitBlanks } from './rows.js';
import { readTimestamp } from './timestamp.js';

const DATA_ROW = /^\s*\d+(\s+\d+)?\s+\d{8}\s+\d+\s+\d+(\.\d+)?\s*$/;

export const cdnow: TableLayout = {
  kind: 'table',
  name: 'cdnow',
  about: 'CDNOW: eighteen months of CD purchases, by day.',
  currency: 'USD',
  split: splitBlanks,
  fits: (line) => /^\s*customer_id\s+date\s+number_of_cds\s+dollar_value/i.test(line) || DATA_ROW.test(line),
  isIn: (name, others) => /sample/i.test(name) && others.some((other) => /master/i.test(other)),
  hasHeader: (line) => !DATA_ROW.test(line),
  mapper: async (_header, { currency }) => {
    return (fields) => {
      // From the right: the sample has one column more on the left.
      const last = fields.length - 1;
      const customer = fieldAt(fields, 0);
      if (customer === '') return noCustomer('customer_id');
      const occurredAt = readTimestamp(fieldAt(fields, last - 2));
      if (occurredAt === null) return badTime(fieldAt(fields, last - 2));
      const [quantity, dollars] = [numberAt(fields, last - 1), numberAt(fields, last)];
      if (quantity === null || dollars === null || quantity < 0) {
        return refuse('bad-number', 'number_of_cds or dollar_value is no number.');
      }
      const amountMinor = toMinor(dollars, currency);
      return { event: { customer, type: 'purchase', occurredAt, currency, amountMinor, quantity } };
    };
  },
};
