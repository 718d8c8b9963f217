import { describe, expect, it } from '@jest/globals';

import { leadCurve, liftCurve, precisionCurve, reliabilityCurve, rocCurve, SHARES } from './curves.js';
import { metricsOf } from './metrics.js';
import { randomFor } from './random.js';

const random = randomFor(3, 'curves');
const n = 4_000;
const p = Float64Array.from({ length: n }, () => random.next());
const scored = { p, y: Uint8Array.from(p, (risk) => (random.next() < risk ? 1 : 0)) };
const area = (y: readonly number[]) =>
  y.slice(1).reduce((sum, value, i) => sum + (value + y[i]!) / 2 / (y.length - 1), 0);

describe('a curve', () => {
  it('has the area that the metrics have', () => {
    const { auc, prauc, lift10 } = metricsOf(scored);
    expect(area(rocCurve(scored).y)).toBeCloseTo(auc, 2);
    const { y } = precisionCurve(scored);
    expect(y.reduce((sum, value) => sum + value, 0) / y.length).toBeCloseTo(prauc, 2);
    expect(liftCurve(scored).y[9]).toBeCloseTo(lift10, 6);
    expect(liftCurve(scored).y.at(-1)).toBeCloseTo(1, 12);
  });

  it('is the diagonal where everybody has the same risk', () => {
    const same = {
      p: new Float64Array(100).fill(0.3),
      y: Uint8Array.from({ length: 100 }, (_, i) => (i < 30 ? 1 : 0)),
    };
    rocCurve(same).y.forEach((value, i) => expect(Math.abs(value - SHARES[i]!)).toBeLessThan(0.02));
    expect(liftCurve(same).y.every((lift) => Math.abs(lift - 1) < 1e-9)).toBe(true);
    expect(precisionCurve(same).y.every((precision) => Math.abs(precision - 0.3) < 1e-9)).toBe(true);
  });

  it('of reliability is near the diagonal when risks are what happens, tenth by tenth', () => {
    const { x, y } = reliabilityCurve(scored);
    expect(x).toHaveLength(10);
    x.forEach((said, i) => expect(Math.abs(said - y[i]!)).toBeLessThan(0.08));
  });

  it('of warnings falls from all that were warned of to none', () => {
    const { x, y } = leadCurve([20, 10, null, 40], 50);
    expect([y[0], y[x.indexOf(15)], y.at(-1)]).toEqual([0.75, 0.5, 0]);
  });
});
