import { describe, expect, it } from '@jest/globals';
import { sigmoid } from '@holdfast/model';

import { FUSIONS, meanLogit } from './fusions.js';
import { metricsOf } from './metrics.js';
import { randomFor } from './random.js';

/** Labels, a score that knows of them, and two that do not. */
function scored(rows: number, seed: number) {
  const random = randomFor(seed, 'rows');
  const y = Uint8Array.from({ length: rows }, () => (random.next() < 0.5 ? 1 : 0));
  const noise = () => 4 * random.next() - 2;
  const informed = Float64Array.from(y, (label) => (label === 1 ? 1 : -1) + noise());
  return { y, logits: [informed, Float64Array.from(y, noise), Float64Array.from(y, noise)] };
}

const [validation, test] = [scored(400, 1), scored(400, 2)];
const members = validation.logits.map((logits, i) => ({ validation: logits, test: test.logits[i]! }));
const [mean, stack] = ['mean_logit', 'fusion'].map((key) => FUSIONS.find((one) => one.key === key)!);
const aucOf = (logits: Float64Array, y: Uint8Array) => metricsOf({ p: logits.map(sigmoid), y }).auc;

describe('a fusion', () => {
  it('is the mean of its members, row by row', () => {
    expect([...meanLogit([Float64Array.of(1, 2), Float64Array.of(3, -6)])]).toEqual([2, -2]);
    const { validation: fused } = mean!.combine(members, validation.y);
    expect(fused[7]).toBeCloseTo(validation.logits.reduce((sum, of) => sum + of[7]!, 0) / 3, 12);
  });

  it('stacked gives weight to who knows something', () => {
    const stacked = stack!.combine(members, validation.y);
    expect(aucOf(stacked.test, test.y)).toBeGreaterThan(
      aucOf(mean!.combine(members, validation.y).test, test.y) + 0.03,
    );
    expect(aucOf(stacked.test, test.y)).toBeGreaterThan(aucOf(test.logits[0]!, test.y) - 0.02);
  });

  it('stacked says of a validation customer only what others taught it', () => {
    const turned = validation.y.with(10, 1 - validation.y[10]!);
    const [before, after] = [validation.y, turned].map((y) => stack!.combine(members, y).validation);
    expect(after![10]).toBe(before![10]);
    expect(after![11]).not.toBe(before![11]);
  });
});
