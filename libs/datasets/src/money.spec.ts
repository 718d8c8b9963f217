import { describe, expect, it } from '@jest/globals';

import { minorDigits, toMinor } from './money.js';
import { readTimestamp } from './timestamp.js';

describe('money', () => {
  it.each([
    ['GBP', 6.95, 695],
    ['GBP', 1.005, 101],
    ['JPY', 1200, 1200],
    ['KWD', 1.005, 1005],
    ['EUR', -2.5, -250],
    ['USD', 0, 0],
  ])('%s %p is %p minor units', (currency, amount, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  it('refuses what is no currency or no number, naming it', () => {
    expect(() => minorDigits('pounds')).toThrow(/currency.*"pounds"/);
    expect(() => toMinor(Number.NaN, 'GBP')).toThrow(/amount/);
  });
});

describe('a time stamp', () => {
  it.each([
    ['2009-12-01 07:45:00', '2009-12-01T07:45:00.000Z'],
    ['19970101', '1997-01-01T00:00:00.000Z'],
    ['2019-10-01 00:00:00 UTC', '2019-10-01T00:00:00.000Z'],
    ['2024-01-02T10:00:00.5+02:00', '2024-01-02T08:00:00.500Z'],
    ['2024-01-02T10:00Z', '2024-01-02T10:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(readTimestamp(text)!).toISOString()).toBe(iso);
  });

  it.each(['', 'soon', '2023-02-29', '2024-13-01', '2024-01-01 25:00', '0001-01-01', '9999-01-01'])(
    '%p is none',
    (text) => expect(readTimestamp(text)).toBeNull(),
  );
});
