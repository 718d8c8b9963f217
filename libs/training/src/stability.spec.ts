import { describe, expect, it } from '@jest/globals';

import { randomFor } from './random.js';
import { stability } from './stability.js';

const random = randomFor(3, 'stability');
const normal = (mean: number, rows = 4_000) =>
  Float64Array.from({ length: rows }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    return mean + radius * Math.cos(2 * Math.PI * random.next());
  });

describe('the population stability index', () => {
  it('stays below what chance gives, 95 times of 100, for samples of one population', () => {
    const draws = Array.from({ length: 200 }, () => stability(normal(0, 500), normal(0, 300))!);
    const beyond = draws.filter(({ index, byChance }) => index > byChance).length;
    expect(beyond).toBeGreaterThan(0);
    expect(beyond).toBeLessThan(25);
  });

  it('is the square of the distance between two normal populations', () => {
    // ∫ (q − p) ln(q/p) = d² for unit variances; tenths lose a little of it.
    for (const distance of [0.3, 0.6]) {
      const { index } = stability(normal(0, 50_000), normal(distance, 50_000))!;
      expect(index / distance ** 2).toBeGreaterThan(0.9);
      expect(index / distance ** 2).toBeLessThan(1.02);
    }
  });

  it('takes equal values together, and says nothing of nobody', () => {
    const ones = new Float64Array(50).fill(1);
    expect(stability(ones, ones)!.index).toBe(0);
    expect(stability(ones, new Float64Array(50).fill(2))!.index).toBeGreaterThan(3);
    const rarely = Float64Array.from({ length: 200 }, (_, i) => (i < 16 ? 1 : 0));
    const often = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 : 0));
    const { index, byChance } = stability(rarely, often)!;
    expect(index).toBeCloseTo((0.5 - 0.08) * Math.log(0.5 / 0.08) + (0.5 - 0.92) * Math.log(0.5 / 0.92), 1);
    expect(byChance).toBeCloseTo(3.841 / 100, 9); // two bins: one degree of freedom
    expect(stability(ones, new Float64Array())).toBeNull();
  });
});
