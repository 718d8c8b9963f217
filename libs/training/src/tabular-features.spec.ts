import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';
import fc from 'fast-check';

import { lastBefore } from './history.js';
import { eventOf, historiesOf, SHOP_START, syntheticEvents } from './synthetic-shop.js';
import { otherTypes, tabularAt, tabularNames, type TabularScheme } from './tabular-features.js';

const scheme: TabularScheme = { horizonDays: 45, types: ['view'] };
const names = tabularNames(scheme);
const day = (n: number) => SHOP_START + n * DAY;

function featuresOf(events: ReturnType<typeof syntheticEvents>, at: number): Record<string, number> {
  const [history] = historiesOf(events);
  const out = new Float32Array(names.length);
  tabularAt({ history: history!, index: lastBefore(history!, at), at }, scheme, out, 0);
  return Object.fromEntries(names.map((name, i) => [name, out[i]!]));
}

describe('the tabular features', () => {
  it('are those of the protocol, counted by hand; H is 90 u-days', () => {
    const events = [
      eventOf('c', 'purchase', day(0), 1_000),
      eventOf('c', 'view', day(5)),
      eventOf('c', 'purchase', day(10), 3_000),
      eventOf('c', 'purchase', day(30), 500),
      eventOf('c', 'view', day(34)),
    ];
    const gapSd = Math.sqrt((20 ** 2 + 40 ** 2) / 2 - 30 ** 2);
    const expected = {
      rec: 20, age: 80, n: 3, sumV: 45, meanV: 15, lastV: 5, meanI: 1, lastI: 1, gapMean: 30, gapSd, gapMax: 40, gapLast: 40,
      gapEwma: 28, recOverMean: 20 / 31, recOverMax: 20 / 41, rate: 3 / 110, span: 60,
      n15: 0, n30: 1, n60: 2, n90: 3, n180: 3, n360: 3, v30: 5, v90: 45, v180: 45, v360: 45, trend: 3 / 4, one: 0,
      evRec: 12, evN: 5, ev30: 2, viewN: 2, view30: 1, view90: 2, viewRec: 12, viewV: 0,
    }; // prettier-ignore
    const found = featuresOf(events, day(40));
    for (const [name, value] of Object.entries(expected))
      expect([name, found[name]]).toEqual([name, Math.fround(value)]);
  });

  it('of who bought once take its age for a gap, and 360 u-days for never', () => {
    const found = featuresOf([eventOf('c', 'purchase', day(0))], day(10));
    expect(found).toMatchObject({ gapMean: 50, gapMax: 0, one: 1, viewRec: 360, span: 0 });
    expect(found['recOverMax']).toBeCloseTo(20 / 30, 6);
  });

  it('do not change with what happens later', () => {
    const events = syntheticEvents(20, 200, 3).filter(({ customer }) => customer === 'c1');
    expect(events.length).toBeGreaterThan(10);
    const first = Math.ceil((events[3]!.receivedAt - SHOP_START) / DAY);
    fc.assert(
      fc.property(fc.integer({ min: first, max: 199 }), fc.boolean(), (n, isFuture) => {
        const known = events.filter((event) => event.receivedAt < day(n));
        const later = isFuture ? events : [...known, eventOf('c1', 'purchase', day(n), 999_999)];
        expect(featuresOf(later, day(n))).toEqual(featuresOf(known, day(n)));
      }),
    );
  });

  it('count the types of activities known by then', () => {
    const histories = historiesOf([
      eventOf('c', 'purchase', day(0)),
      eventOf('c', 'refund', day(1)),
      eventOf('c', 'message-opened', day(2)),
      eventOf('c', 'cart', day(9)),
    ]);
    expect(otherTypes(histories, day(5))).toEqual(['refund']);
  });
});
