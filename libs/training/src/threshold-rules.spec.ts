import { describe, expect, it } from '@jest/globals';

import { fullest, mostProfitable, profitOf, type Tried } from './threshold-rules.js';

const tried = (risk: number, alerts: number, precision: number): Tried => ({
  risk,
  summary: { alerts, precision, bySilence: 0.5, perThousandWeek: alerts / 10, medianLeadDays: 9 },
});
const rising = [tried(0.2, 400, 0.3), tried(0.4, 200, 0.5), tried(0.6, 80, 0.7), tried(0.8, 10, 0.9)];

describe('a threshold by its rule', () => {
  it('fills a capacity, no more', () => {
    expect(fullest(rising, 20)!.risk).toBe(0.4);
    expect(fullest(rising, 19)!.risk).toBe(0.6);
    expect(fullest(rising, 0.5)).toBeNull();
    // Everybody is in the tier already.
    expect(fullest([tried(0.1, 0, NaN), ...rising], 19)!.risk).toBe(0.6);
  });

  it('earns most: neither the most alerts nor the surest', () => {
    const economics = { margin: 100, cost: 4, saved: 0.1 };
    expect(rising.map(({ summary }) => Math.round(profitOf(summary, economics)))).toEqual([-400, 200, 240, 50]);
    expect(mostProfitable(rising, economics)!.risk).toBe(0.6);
    expect(mostProfitable(rising, { ...economics, cost: 1 })!.risk).toBe(0.2);
    expect(mostProfitable(rising, { ...economics, cost: 10 })).toBeNull();
    expect(profitOf({ ...rising[0]!.summary, alerts: 0, precision: NaN }, economics)).toBe(0);
  });
});
