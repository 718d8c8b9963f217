import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fitLinear, linearSums } from './linear-model.js';
import { matrixOf } from './matrix.js';
import { drawn, estimates, percentile, resamples } from './bootstrap.js';
import { METRICS, metricsOf, ranked } from './metrics.js';
import { randomFor, shuffled } from './random.js';

const scored = (p: number[], y: number[]) => ({ p: Float64Array.from(p), y: Uint8Array.from(y) });

describe('metrics', () => {
  it('have the values worked out by hand', () => {
    const m = metricsOf(scored([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]));
    expect(m.auc).toBeCloseTo(0.75, 12);
    expect(m.prauc).toBeCloseTo(0.8333333333, 9); // scikit-learn's example
    expect(m.brier).toBeCloseTo((0.01 + 0.16 + 0.4225 + 0.04) / 4, 12);
    expect(m.logloss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.6) + Math.log(0.35) + Math.log(0.8)) / 4, 12);
  });

  it('AUC is the share of pairs in the right order, ties counting half', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1 })), { minLength: 2 });
    fc.assert(
      fc.property(rows, (pairs) => {
        fc.pre(pairs.some(([, y]) => y === 1) && pairs.some(([, y]) => y === 0));
        const p = pairs.map(([rank]) => (rank + 1) / 10);
        const y = pairs.map(([, label]) => label);
        let [right, all] = [0, 0];
        p.forEach((a, i) =>
          p.forEach((b, j) => {
            if (y[i] !== 1 || y[j] !== 0) return;
            all += 1;
            right += a > b ? 1 : a === b ? 0.5 : 0;
          }),
        );
        expect(metricsOf(scored(p, y)).auc).toBeCloseTo(right / all, 10);
      }),
    );
  });

  it('calibration error is 0 for a constant at the base rate of every bin', () => {
    const y = Array.from({ length: 100 }, (_, i) => i % 2);
    expect(metricsOf(scored(Array<number>(100).fill(0.5), y)).ece).toBeCloseTo(0, 12);
    expect(metricsOf(scored(Array<number>(100).fill(0.8), y)).ece).toBeCloseTo(0.3, 12);
  });

  it('intervals hold the value and shrink with more rows', () => {
    const make = (n: number) => {
      const random = randomFor(3, 'rows');
      const p = Array.from({ length: n }, () => random.next());
      const y = p.map((q) => Number(random.next() < q));
      return estimates(drawn(ranked(scored(p, y)), resamples(n, 200, randomFor(1, 's')))).auc;
    };
    const [few, many] = [make(100), make(2_000)];
    expect(few.low).toBeLessThan(few.value);
    expect(few.high).toBeGreaterThan(few.value);
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 2);
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2.5);
  });
});

describe('weights', () => {
  it('count a row as often as they say', () => {
    const row = fc.record({
      p: fc.integer({ min: 0, max: 9 }),
      y: fc.boolean(),
      times: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const scored = (some: typeof rows) => ({
          p: Float64Array.from(some, ({ p }) => (p + 0.5) / 10),
          y: Uint8Array.from(some, ({ y }) => Number(y)),
        });
        const weighted = ranked(scored(rows))(Uint16Array.from(rows, ({ times }) => times));
        const repeated = metricsOf(scored(rows.flatMap((one) => Array.from({ length: one.times }, () => one))));
        for (const name of METRICS) {
          if (Number.isNaN(repeated[name])) expect(weighted[name]).toBeNaN();
          else expect(weighted[name]).toBeCloseTo(repeated[name], 9);
        }
      }),
    );
  });

  it('leave lift as it is where the first tenth cuts a tie', () => {
    const p = Float64Array.from({ length: 20 }, (_, i) => (i < 4 ? 0.9 : 0.1));
    const y = Uint8Array.from({ length: 20 }, (_, i) => Number(i === 0 || i === 1 || i > 16));
    // Two of twenty are the first tenth; of the four that tie for it half churned, of all a quarter.
    expect(metricsOf({ p, y }).lift10).toBeCloseTo(2, 9);
  });
});

describe('fits', () => {
  it('find the coefficients that made the labels', () => {
    const random = randomFor(7, 'logistic');
    const rows = Array.from({ length: 8_000 }, () => [random.next() * 4, random.next() * 10]);
    const logit = (row: readonly number[]) => 1.5 * row[0]! - 0.4 * row[1]! - 1;
    const y = rows.map((row) => Number(random.next() < 1 / (1 + Math.exp(-logit(row)))));
    const model = fitLinear(matrixOf(rows), y, { C: 3 });
    const [two, three] = linearSums(model, matrixOf([[2, 5], [3, 5]])); // prettier-ignore
    expect(two).toBeCloseTo(logit([2, 5]), 0);
    expect(three! - two!).toBeCloseTo(1.5, 0);
    const strong = fitLinear(matrixOf(rows), y, { C: 1e-6 });
    expect(Math.abs(strong.beta[0]!)).toBeLessThan(0.01);
  });
});

describe('chance', () => {
  it('is the same for the same seed and purpose, and another for others', () => {
    const draw = (seed: number, purpose: string) => {
      const random = randomFor(seed, purpose);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  });

  it('shuffles without losing anybody', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (values, seed) => {
        const sort = (list: number[]) => [...list].sort((a, b) => a - b);
        expect(sort(shuffled(values, randomFor(seed, 'x')))).toEqual(sort(values));
      }),
    );
  });
});
