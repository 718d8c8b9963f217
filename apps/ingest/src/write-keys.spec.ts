import { describe, expect, it } from '@jest/globals';

import { parseRates } from './rates.js';
import { keyOfHeader, WriteKeys } from './write-keys.js';

describe('write keys', () => {
  const keys = WriteKeys.parse('storefront-key=main, history-key=other:import, replay-key=main:replay');

  it('belong to one shop and may or may not import and replay', () => {
    expect(keys.find('storefront-key')).toMatchObject({ shop: 'main', mayImport: false, mayReplay: false });
    expect(keys.find('history-key')).toMatchObject({ shop: 'other', mayImport: true, mayReplay: false });
    expect(keys.find('replay-key')).toMatchObject({ shop: 'main', mayImport: true, mayReplay: true });
    for (const wrong of ['', 'storefront-ke', 'storefront-key=main']) expect(keys.find(wrong)).toBeNull();
  });

  it.each([
    ['', 'at least one'],
    ['short=main', 'part 1'],
    ['storefront-key=main,other-key', 'part 2'],
    ['storefront-key=a/b', 'part 1'],
    ['storefront-key=main:all', 'part 1'],
  ])('refuses the setting %j without printing a key', (text, sentence) => {
    expect(() => WriteKeys.parse(text)).toThrow(sentence);
    expect(() => WriteKeys.parse(text)).not.toThrow('storefront-key');
  });

  it('are for no shop of canaries', () => {
    expect(() => WriteKeys.parse('storefront-key=~canary')).toThrow(/part 1: the shop ~canary is Holdfast's own/);
  });

  it('come as the user name of Basic authorization', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(keyOfHeader(basic('storefront-key:'))).toBe('storefront-key');
    expect(keyOfHeader(basic('storefront-key'))).toBe('storefront-key');
    for (const none of [undefined, '', 'Bearer x', basic(':x'), 'Basic !']) expect(keyOfHeader(none)).toBeNull();
  });
});

describe('rates', () => {
  it('lead from minor units to minor units of the base', () => {
    const rates = parseRates('EUR=0.86, JPY=0.0052', 'GBP');
    expect([rates.of('GBP'), rates.of('EUR'), rates.of('CHF')]).toEqual([1, 0.86, null]);
    expect(500 * rates.of('JPY')!).toBeCloseTo(260);
  });

  it.each(['EUR', 'EUR=x', 'EUR=-1', 'euro=1'])('refuses %s', (text) => {
    expect(() => parseRates(text, 'GBP')).toThrow('INGEST_RATES must look like');
  });
});
