import { describe, expect, it } from '@jest/globals';
import { type Arrival, type ArrivalWeights, arrivalOf, quietUntil } from '@holdfast/model';
import { randomArtifact } from '@holdfast/model/fixtures';

import { arrivalLoss, fitGaps, type Gap } from './arrivals.js';
import { randomFor } from './random.js';

const artifact = randomArtifact({ stepSize: 4, wideSize: 1, hidden: 4 });
const random = randomFor(1, 'arrivals');

/** Customers of two kinds, told by an input: of every ten, one or five never come again; the others after days or weeks. */
const truthOf = (often: boolean): Arrival => ({
  pi: often ? 0.1 : 0.5,
  alpha: often ? 4 : 30,
  beta: often ? 0.7 : 1.6,
});

/** Gaps that are looked at for 120 days. */
const gaps: readonly Gap[] = Array.from({ length: 6_000 }, (_, n) => {
  const often = n % 2 === 0;
  const { pi, alpha, beta } = truthOf(often);
  const days = random.next() < pi ? Infinity : alpha * (-Math.log(1 - random.next())) ** (1 / beta);
  const inputs = Float32Array.of(0, 0, 0, random.next() - 0.5, often ? 1 : -1, 1);
  return { inputs, days: Math.min(120, Math.max(1e-3, days)), ended: days < 120 };
});
const withHead = (arrivals: ArrivalWeights) => ({ ...artifact, arrivals });

describe('the time of the next visit', () => {
  const fitted = withHead(fitGaps(gaps, 1));
  const of = ({ inputs }: Gap) => arrivalOf(fitted, inputs)!;

  it('is learnt: who comes again, when, and with what spread', () => {
    for (const often of [true, false]) {
      const [truth, found] = [
        truthOf(often),
        of({ ...gaps[0]!, inputs: Float32Array.of(0, 0, 0, 0, often ? 1 : -1, 1) }),
      ];
      expect(found.pi).toBeGreaterThan(truth.pi - 0.04);
      expect(found.pi).toBeLessThan(truth.pi + 0.04);
      expect(found.alpha / truth.alpha).toBeGreaterThan(0.9);
      expect(found.alpha / truth.alpha).toBeLessThan(1.1);
      expect(found.beta / truth.beta).toBeGreaterThan(0.9);
      expect(found.beta / truth.beta).toBeLessThan(1.1);
    }
  });

  it('is told as well as by who knows the truth, and better than by who knows no customer', () => {
    const all = { pi: 0.3, alpha: 12, beta: 0.8 };
    const [loss, true_, blind] = [of, ({ inputs }: Gap) => truthOf(inputs[4] === 1), () => all].map((arrival) =>
      arrivalLoss(gaps, arrival),
    );
    expect(loss! - true_!).toBeLessThan(0.01);
    expect(blind! - loss!).toBeGreaterThan(0.1);
  });

  it('gives the share of the silent who stay so', () => {
    for (const often of [true, false]) {
      const kind = gaps.filter(({ inputs }) => (inputs[4] === 1) === often);
      const silent = kind.filter(({ days }) => days >= 10);
      const later = silent.filter(({ days }) => days >= 40).length / silent.length;
      expect(Math.abs(quietUntil(of(kind[0]!), 10, 40) - later)).toBeLessThan(0.04);
    }
  });
});

it('a release without the head does not say when anybody comes', () => {
  expect(arrivalOf(artifact, new Float32Array(6))).toBeNull();
});
