import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';
import fc from 'fast-check';

import { type Payment } from './customer-book.js';
import { settle } from './settle.js';

const decision = { at: 0, maturesAt: 30 * DAY, code: 'ABCD', discountPercent: 10 };
const paid = (at: number, amountMinor: number, coupon: string | null = null): Payment => ({
  id: `p${at}`,
  kind: 'purchase',
  at,
  amountMinor,
  coupon,
});

describe('settling', () => {
  it.each([
    ['nothing bought', [], { purchased: false, orders: 0, revenueMinor: 0, marginMinor: 0 }],
    [
      'at the instant of the decision',
      [paid(0, 100)],
      { purchased: false, orders: 0, revenueMinor: 0, marginMinor: 0 },
    ],
    ['at the last instant', [paid(30 * DAY, 100)], { purchased: true, orders: 1, revenueMinor: 100, marginMinor: 40 }],
    ['too late', [paid(30 * DAY + 1, 100)], { purchased: false, orders: 0, revenueMinor: 0, marginMinor: 0 }],
    ['with the code', [paid(1, 90, 'ABCD')], { purchased: true, orders: 1, revenueMinor: 90, marginMinor: 30 }],
    [
      'with the code typed by hand',
      [paid(1, 90, ' abcd')],
      { purchased: true, orders: 1, revenueMinor: 90, marginMinor: 30 },
    ],
    ['with another code', [paid(1, 90, 'WXYZ')], { purchased: true, orders: 1, revenueMinor: 90, marginMinor: 36 }],
    [
      'refunded',
      [paid(1, 100), { ...paid(2, 100), kind: 'refund' as const }],
      { purchased: true, orders: 1, revenueMinor: 0, marginMinor: 0 },
    ],
  ])('%s', (_, payments, outcome) => {
    expect(settle(decision, payments, 0.4)).toEqual(outcome);
  });

  it('does not depend on the order in which purchases were heard of', () => {
    const payment = fc.record({ at: fc.integer({ min: -DAY, max: 40 * DAY }), amount: fc.nat(10_000) });
    fc.assert(
      fc.property(fc.array(payment), (payments) => {
        const heard = payments.map(({ at, amount }) => paid(at, amount));
        expect(settle(decision, [...heard].reverse(), 0.4)).toEqual(settle(decision, heard, 0.4));
      }),
    );
  });
});
