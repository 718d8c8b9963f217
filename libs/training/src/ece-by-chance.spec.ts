import { describe, expect, it } from '@jest/globals';

import { eceByChance } from './ece-by-chance.js';
import { metricsOf } from './metrics.js';
import { randomFor } from './random.js';

const random = randomFor(9, 'ece');
const risksOf = (rows: number) => Float64Array.from({ length: rows }, () => random.next());

describe('the calibration error that chance makes', () => {
  it('is passed once in twenty times by a model that is exactly right', () => {
    const risks = risksOf(300);
    const limit = eceByChance(risks, random);
    const passed = Array.from({ length: 400 }, () => {
      const y = Uint8Array.from(risks, (risk) => Number(random.next() < risk));
      return metricsOf({ p: risks, y }).ece > limit;
    }).filter(Boolean).length;
    expect(passed).toBeGreaterThan(4);
    expect(passed).toBeLessThan(45);
  });

  it('halves with four times as many customers', () => {
    const ratio = eceByChance(risksOf(400), random) / eceByChance(risksOf(1_600), random);
    expect(ratio).toBeGreaterThan(1.6);
    expect(ratio).toBeLessThan(2.5);
  });
});
