import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { type History } from './history.js';
import { type Draw, effectiveSize, isAnybodyContacted, isEnough, leftAlone } from './left-alone.js';
import { drawAt } from './left-alone.fixture.js';

const HORIZON = 30;
const at = 100 * DAY;
const day = (days: number) => at + days * DAY;
const historyOf = (customer: string, purchases: readonly number[] = []): History => ({
  ...{ shop: 'main', customer, moments: [], amounts: [] },
  purchases: purchases.map(day),
});

/** Customers, of each their draws and the days after the moment on which they buy. */
function counted(customers: readonly (readonly [readonly Draw[], (readonly number[])?])[]) {
  const rows = customers.map(([, purchases = []], i) => ({
    history: historyOf(`c${i}`, purchases),
    ...{ index: 0, at, churned: purchases.length === 0 },
  }));
  return leftAlone(rows, ({ customer }) => customers[Number(customer.slice(1))]![0], HORIZON);
}
/** For how many one counts; 0: for none. */
const weightOf = (draws: readonly Draw[], purchases: readonly number[] = []) =>
  counted([[draws, purchases]]).weights[0] ?? 0;

describe('who was left alone', () => {
  it('counts once where nothing was drawn, and for all whom the draw could have left alone', () => {
    expect(weightOf([])).toBe(1);
    expect(weightOf([drawAt(day(5), 'hold-out', 0.2)])).toBe(5);
    expect(weightOf([drawAt(day(5), 'treatment', 0.2)])).toBe(0);
    const [one, two] = [drawAt(day(3), 'hold-out', 0.25), drawAt(day(4), 'hold-out', 0.5)];
    expect(weightOf([one, two])).toBe(8);
    expect(weightOf([one, { ...two, arm: 'treatment' }])).toBe(0);
  });

  it('is asked of draws before it was known whether they buy, however long ago', () => {
    expect(weightOf([drawAt(day(-200), 'treatment')])).toBe(0);
    expect(weightOf([drawAt(day(-200), 'hold-out', 0.2)])).toBe(5);
    expect(weightOf([drawAt(day(HORIZON), 'treatment')])).toBe(1);
    // Who has bought is no churner, whatever comes then.
    expect(weightOf([drawAt(day(8), 'treatment')], [7])).toBe(1);
    expect(weightOf([drawAt(day(6), 'treatment')], [7])).toBe(0);
  });

  it('cannot tell of customers for whom nobody, or hardly anybody, was held out', () => {
    const [alone, heldOut, contacted, hopeless] = [
      [],
      [drawAt(day(5), 'hold-out', 0.2)],
      [drawAt(day(5), 'treatment', 0.2)],
      [drawAt(day(5), 'treatment', 0)],
    ];
    const shop = (...of: readonly (readonly [number, readonly Draw[]])[]) => {
      const {
        contacted: left,
        unrepresented,
        isBlind,
      } = counted(of.flatMap(([count, draws]) => Array.from({ length: count }, () => [draws] as const)));
      return { contacted: left, unrepresented, isBlind };
    };
    expect(shop([500, alone])).toEqual({ contacted: 0, unrepresented: 0, isBlind: false });
    expect(shop([500, alone], [25, heldOut], [100, contacted])).toEqual({ contacted: 100, unrepresented: 0, isBlind: false }); // prettier-ignore
    expect(shop([500, alone], [10, heldOut], [40, contacted])).toEqual({ contacted: 40, unrepresented: 40, isBlind: true }); // prettier-ignore
    expect(shop([500, alone], [25, heldOut], [100, contacted], [3, hopeless])).toEqual({ contacted: 103, unrepresented: 3, isBlind: false }); // prettier-ignore
    expect(shop([500, alone], [25, heldOut], [100, contacted], [9, hopeless])).toMatchObject({ unrepresented: 9, isBlind: true }); // prettier-ignore
  });

  it('is enough to tell by, with weights: by what they tell, not by who happened to churn', () => {
    const y = (churned: number, others: number) => Uint8Array.from({ length: churned + others }, (_, i) => Number(i < churned)); // prettier-ignore
    const enough = (weights: Float64Array, labels: Uint8Array) => isEnough({ weights }, labels);
    const ones = (count: number) => new Float64Array(count).fill(1);
    expect([enough(ones(50), y(10, 40)), enough(ones(50), y(9, 41)), enough(ones(49), y(20, 29))]).toEqual([true, false, false]); // prettier-ignore
    const some = Float64Array.from({ length: 200 }, (_, i) => (i < 20 ? 10 : 1));
    expect(effectiveSize(some)).toBeCloseTo(380 ** 2 / 2_180, 9); // 66
    expect(enough(some, y(100, 100))).toBe(false);
    const more = Float64Array.from({ length: 400 }, (_, i) => (i < 40 ? 10 : 1));
    expect([enough(more, y(1, 399)), enough(more, y(0, 400))]).toEqual([true, false]);
  });

  it('is everybody before the first was drawn to be contacted', () => {
    const contacted = (arm: Draw['arm'], until: number) =>
      isAnybodyContacted({ histories: [historyOf('c')], drawsOf: () => [drawAt(day(0), arm)] }, day(until));
    expect([-5, 0, 1].map((until) => contacted('treatment', until))).toEqual([false, false, true]);
    expect(contacted('hold-out', 1)).toBe(false);
  });
});
