import { describe, expect, it } from '@jest/globals';

import { eachOnce, type Weights } from './bootstrap.js';
import { eceByChance } from './ece-by-chance.js';
import { metricsOf } from './metrics.js';
import { randomFor } from './random.js';

const random = randomFor(9, 'ece');
const byChance = (risks: Float64Array, weights: Weights = eachOnce(risks.length)) =>
  eceByChance(risks, weights, random);
const risksOf = (rows: number) => Float64Array.from({ length: rows }, () => random.next());

describe('the calibration error that chance makes', () => {
  it('is passed once in twenty times by a model that is exactly right', () => {
    const risks = risksOf(300);
    const limit = byChance(risks);
    const passed = Array.from({ length: 400 }, () => {
      const y = Uint8Array.from(risks, (risk) => Number(random.next() < risk));
      return metricsOf({ p: risks, y }).ece > limit;
    }).filter(Boolean).length;
    expect(passed).toBeGreaterThan(4);
    expect(passed).toBeLessThan(45);
  });

  it('halves with four times as many customers', () => {
    const ratio = byChance(risksOf(400)) / byChance(risksOf(1_600));
    expect(ratio).toBeGreaterThan(1.6);
    expect(ratio).toBeLessThan(2.5);
  });

  it('is that of the few where these stand for many', () => {
    const risks = risksOf(400);
    const fewCount = Float64Array.from(risks, (_, i) => (i % 4 === 0 ? 1_000 : 1));
    expect(byChance(risks, fewCount) / byChance(risks)).toBeGreaterThan(1.6);
    expect(byChance(risks, new Float64Array(400).fill(7)) / byChance(risks)).toBeCloseTo(1, 0);
  });
});
