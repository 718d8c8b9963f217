import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { type History } from './history.js';
import { type Draw, isAnybodyContacted, leftAlone } from './left-alone.js';
import { drawAt } from './left-alone.fixture.js';

const HORIZON = 30;
const at = 100 * DAY;
const day = (days: number) => at + days * DAY;

/** How a customer counts who buys on some days after the moment. */
function counted(draws: readonly Draw[], purchases: readonly number[] = []) {
  const history: History = { shop: 'main', customer: 'c', moments: [], purchases: purchases.map(day), amounts: [] };
  const churned = purchases.length === 0;
  const { weights, ...rest } = leftAlone([{ history, index: 0, at, churned }], () => draws, HORIZON);
  return { weight: weights[0] ?? 0, contacted: rest.contacted, unrepresented: rest.unrepresented };
}
const once = { contacted: 0, unrepresented: 0 };

describe('who was left alone', () => {
  it('counts once where nothing was drawn, and for all whom the draw could have left alone', () => {
    expect(counted([])).toEqual({ weight: 1, ...once });
    expect(counted([drawAt(day(5), 'hold-out', 0.2)])).toEqual({ weight: 5, ...once });
    expect(counted([drawAt(day(5), 'treatment', 0.2)])).toEqual({ weight: 0, contacted: 1, unrepresented: 0 });
    expect(counted([drawAt(day(5), 'treatment', 0)])).toEqual({ weight: 0, contacted: 1, unrepresented: 1 });
  });

  it('is asked of draws that could have to do with the outcome: not of later ones, nor of those that are over', () => {
    const early = drawAt(day(-20), 'treatment'); // for 14 days
    expect(counted([early])).toEqual({ weight: 1, ...once });
    expect(counted([{ ...early, until: day(0.1) }]).contacted).toBe(1);
    expect(counted([drawAt(day(HORIZON), 'treatment')])).toEqual({ weight: 1, ...once });
    // Who has bought is no churner, whatever comes then.
    expect(counted([drawAt(day(8), 'treatment')], [7])).toEqual({ weight: 1, ...once });
    expect(counted([drawAt(day(6), 'treatment')], [7]).contacted).toBe(1);
  });

  it('has one draw a playbook', () => {
    const again = [3, 9].map((days) => drawAt(day(days), 'hold-out', 0.25));
    expect(counted(again).weight).toBe(4);
    const other = { ...drawAt(day(4), 'hold-out', 0.5), playbook: 'check-in' };
    expect(counted([...again, other]).weight).toBe(8);
    expect(counted([...again, { ...other, arm: 'treatment' }]).contacted).toBe(1);
  });

  it('is everybody in a time in which nobody was drawn to be contacted', () => {
    const histories: History[] = [{ shop: 'main', customer: 'c', moments: [], purchases: [], amounts: [] }];
    const contacted = (arm: Draw['arm'], from: number) =>
      isAnybodyContacted(
        { histories, drawsOf: () => [drawAt(day(0), arm)] },
        { from: day(from), until: day(from + 5) },
      );
    expect([-5, -4, 13, 14].map((from) => contacted('treatment', from))).toEqual([false, true, true, false]);
    expect(contacted('hold-out', 0)).toBe(false);
  });
});
