import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { calibrated, fitCalibration, fitPlatt, fitSlope } from './calibration.js';
import { atRiskAt } from './population.js';
import { randomFor } from './random.js';
import { servedLogits } from './served.js';
import { definition, silenceNetwork } from './silence-network.fixture.js';
import { historiesOf, SHOP_START, syntheticEvents } from './synthetic-shop.js';

const random = randomFor(5, 'calibration');
const truth = Float64Array.from({ length: 5_000 }, () => 4 * random.next() - 2);
const y = Uint8Array.from(truth, (logit) => Number(random.next() < 1 / (1 + Math.exp(-logit))));

describe('calibration', () => {
  it('finds the slope of over-confident logits, and 1 where there is none', () => {
    const bold = truth.map((logit) => 2 * logit);
    const wrong = truth.map((logit) => -logit);
    expect(fitSlope(bold, y)).toBeCloseTo(0.5, 1);
    expect(fitSlope(wrong, y)).toBe(1);
    expect(fitSlope(new Float64Array(3), new Uint8Array(3))).toBe(1);
  });

  it('takes level and slope out of a comparison', () => {
    const others = truth.map((logit) => 3 * logit + 2);
    const moved = fitPlatt(others, y)(others);
    const plain = fitPlatt(truth, y)(truth);
    moved.forEach((value, i) => expect(value).toBeCloseTo(plain[i]!, 3));
    expect(moved[0]!).toBeCloseTo(truth[0]!, 0);
  });

  it('is served with the slope that fits best, and half of the level', () => {
    const moved = fitCalibration(truth.map((logit) => 2 * logit + 3), y); // prettier-ignore
    const mean = 2 * (truth.reduce((sum, logit) => sum + logit, 0) / truth.length) + 3;
    expect(moved.slope).toBeCloseTo(0.5, 1);
    const whole = 0.5 * mean - 1.5 - mean;
    expect(moved.slope * mean + moved.level - mean).toBeCloseTo(whole / 2, 1);
    expect(moved.shift).toBeCloseTo(whole / 2, 1);
    const none = { slope: 1, level: 0, shift: 0 };
    expect(fitCalibration(new Float64Array(3), new Uint8Array(3))).toEqual(none);
    expect(fitCalibration(truth.map((logit) => -logit), y)).toEqual(none); // prettier-ignore
  });

  it('of a network moves every logit that it serves, on top of what was there', () => {
    const histories = historiesOf(syntheticEvents(40, 100));
    const population = atRiskAt(histories, SHOP_START + 80 * DAY, definition);
    const network = { ...silenceNetwork(-0.4, 1.5), calibration: { slope: 0.8 } };
    const before = servedLogits(network, population);
    const after = servedLogits(calibrated(network, { slope: 1.25, level: 0.3, shift: 0 }), population);
    expect(new Set(before).size).toBeGreaterThan(10);
    after.forEach((logit, i) => expect(logit).toBeCloseTo(1.25 * before[i]! + 0.3, 5));
  });
});
