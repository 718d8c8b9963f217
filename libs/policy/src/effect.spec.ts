import { describe, expect, it } from '@jest/globals';

import { anytimeInterval, anytimeP } from './confidence-sequence.js';
import { effectOf } from './effect.js';
import { type ArmMoments, type Moments } from './moments.js';
import { complementaryError, sampleRatio } from './sample-ratio.js';

/** Even numbers from a seed (mulberry32). */
function even(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Unit {
  readonly isHeldOut: boolean;
  readonly orders: number;
  readonly purchased: boolean;
}
/** A shop whose customers buy by habit; contact adds `lift` to the purchase rate. */
function simulate(count: number, { seed, lift, share = 0.1 }: { seed: number; lift: number; share?: number }): Unit[] {
  const next = even(seed);
  return Array.from({ length: count }, () => {
    const orders = Math.floor(8 * next() ** 2);
    const isHeldOut = next() < share;
    return { isHeldOut, orders, purchased: next() < 0.1 + 0.08 * orders + (isHeldOut ? 0 : lift) };
  });
}

function momentsOf(pairs: readonly (readonly [x: number, y: number])[]): Moments {
  const sum = (term: (x: number, y: number) => number) => pairs.reduce((total, [x, y]) => total + term(x, y), 0);
  return {
    y: sum((_, y) => y),
    yy: sum((_, y) => y * y),
    x: sum((x) => x),
    xx: sum((x) => x * x),
    xy: sum((x, y) => x * y),
  };
}
function armOf(units: readonly Unit[]): ArmMoments {
  const pairs = (scale: number) =>
    units.map(({ orders, purchased }) => [Math.log1p(orders), purchased ? scale : 0] as const);
  const purchased = units.filter((unit) => unit.purchased).length;
  const purchase = momentsOf(pairs(1));
  return { assigned: units.length, settled: units.length, purchased, purchase, margin: momentsOf(pairs(1_500)) };
}
const experiment = (units: readonly Unit[], isSimulated = false, holdOutShare = 0.1) =>
  effectOf({
    playbook: 'win-back',
    isSimulated,
    treatment: armOf(units.filter(({ isHeldOut }) => !isHeldOut)),
    holdOut: armOf(units.filter(({ isHeldOut }) => isHeldOut)),
    holdOutShare,
  });

describe('the effect', () => {
  it('is found where there is one, in purchases and margin', () => {
    const effect = experiment(simulate(20_000, { seed: 1, lift: 0.1 }));
    expect(effect.purchaseRate!.value).toBeCloseTo(0.1, 1);
    expect(effect.purchaseRate!.interval.low).toBeGreaterThan(0);
    expect(effect.purchaseRate!.p).toBeLessThan(0.05);
    expect(effect.marginMinor!.value).toBeCloseTo(1_500 * effect.purchaseRate!.value, 6);
    expect(effect.incremental!.purchases.value).toBeCloseTo(effect.purchaseRate!.value * effect.treatment.settled);
    // By intention to treat: not all who were chosen were reached.
    expect(effect.sentence).toMatch(/^Being chosen for contact made .* more likely, by \d+\.\d percentage points/);
  });

  it('is estimated more sharply with what was known before', () => {
    const { varianceReduction } = experiment(simulate(20_000, { seed: 2, lift: 0 })).purchaseRate!;
    expect(varianceReduction).toBeGreaterThan(0.05);
    expect(varianceReduction).toBeLessThan(1);
  });

  it('where there is none is claimed in at most 5 % of experiments that are looked at every day', () => {
    const runs = 100;
    let wrong = 0;
    for (let seed = 0; seed < runs; seed++) {
      const units = simulate(2_000, { seed: 1_000 + seed, lift: 0, share: 0.3 });
      const looks = Array.from({ length: 18 }, (_, i) => experiment(units.slice(0, 300 + 100 * i), false, 0.3));
      if (looks.some(({ purchaseRate: d }) => d !== null && (d.interval.low > 0 || d.interval.high < 0))) wrong++;
    }
    expect(wrong / runs).toBeLessThanOrEqual(0.05);
  });

  it('says nothing too early, nothing of simulations, and nothing when the arms are off', () => {
    const few = experiment(simulate(100, { seed: 4, lift: 0.5 }));
    expect(few.purchaseRate).toBeNull();
    expect(few.incremental).toBeNull();
    expect(few.sentence).toMatch(/^Too early to say: \d+ of 30 /);
    expect(experiment(simulate(2_000, { seed: 5, lift: 0 }), true).sentence).toBe(
      'Simulated: nobody was contacted, so the expected effect is zero.',
    );
    const lost = simulate(5_000, { seed: 6, lift: 0 }).filter(({ isHeldOut }, i) => !isHeldOut || i % 2);
    expect(experiment(lost).sampleRatio.isBroken).toBe(true);
    expect(experiment(lost).sentence).toContain('no effect can be read');
  });

  it('of nobody is no number', () => {
    const effect = experiment([]);
    expect([effect.treatment.rate, effect.holdOut.meanMarginMinor, effect.purchaseRate]).toEqual([null, null, null]);
  });
});

describe('its tools', () => {
  it('the p-value is .05 where the 95 % interval touches zero', () => {
    for (const units of [50, 1_000, 100_000]) {
      const { high } = anytimeInterval({ value: 0, variance: 0.01, units });
      expect(anytimeP({ value: high, variance: 0.01, units })).toBeCloseTo(0.05, 10);
    }
    expect(anytimeP({ value: 0, variance: 0, units: 100 })).toBe(1);
  });

  it('is wider than an interval that may be looked at once, and tightest near a thousand units', () => {
    const width = (units: number) => anytimeInterval({ value: 0, variance: 1, units }).high;
    expect(width(1_000)).toBeGreaterThan(1.96);
    expect(width(1_000)).toBeLessThan(3.2);
    expect(width(1_000)).toBeLessThan(Math.min(width(20), width(100_000)));
  });

  it('checks the ratio of the arms', () => {
    expect(sampleRatio(100, 900, 0.1)).toEqual({ chiSquare: 0, p: expect.closeTo(1, 6), isBroken: false });
    expect(sampleRatio(120, 880, 0.1).p).toBeCloseTo(0.035, 3);
    expect(sampleRatio(150, 850, 0.1).isBroken).toBe(true);
    expect(complementaryError(1)).toBeCloseTo(0.157299, 6);
  });
});
