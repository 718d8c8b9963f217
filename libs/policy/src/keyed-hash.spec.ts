import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { assignArm } from './assignment.js';
import { evenNumber, murmur3 } from './keyed-hash.js';

const rules = { salt: 'a salt', holdOutShare: 0.1 };

describe('the keyed hash', () => {
  it('is MurmurHash3 x86_32', () => {
    const hash = (text: string, seed: number) => murmur3(new TextEncoder().encode(text), seed);
    // Published test vectors.
    expect(hash('', 0)).toBe(0);
    expect(hash('', 1)).toBe(0x514e28b7);
    expect(hash('test', 0)).toBe(0xba6bd213);
    expect(hash('Hello, world!', 0)).toBe(0xc0363e43);
    expect(hash('The quick brown fox jumps over the lazy dog', 0)).toBe(0x2e4ff723);
  });

  it('spreads numbered customers evenly over ten tenths', () => {
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[Math.floor(evenNumber(['salt', `customer-${i}`]) * 10)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
    expect(chiSquare).toBeLessThan(27.9); // 9 degrees of freedom, p = .001
  });
});

describe('arms', () => {
  it('hold out the share that was asked for, with its propensity', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(0.05, 0.1, 0.3, 0.5), (salt, holdOutShare) => {
        const n = 4_000;
        const arms = Array.from({ length: n }, (_, i) =>
          assignArm({ shop: 'main', customer: String(i), playbook: 'win-back' }, { salt, holdOutShare }),
        );
        const heldOut = arms.filter(({ arm }) => arm === 'hold-out');
        const sigma = Math.sqrt(n * holdOutShare * (1 - holdOutShare));
        expect(Math.abs(heldOut.length - n * holdOutShare)).toBeLessThan(5 * sigma);
        const wrong = arms.filter(
          ({ arm, propensity }) => propensity !== (arm === 'hold-out' ? holdOutShare : 1 - holdOutShare),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it('stick, whatever the customer is called', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (shop, customer) => {
        const unit = { shop, customer, playbook: 'check-in' };
        expect(assignArm(unit, rules)).toEqual(assignArm({ ...unit }, { ...rules }));
      }),
    );
  });

  it('of two playbooks are drawn independently', () => {
    const n = 20_000;
    let both = 0;
    for (let i = 0; i < n; i++) {
      const arm = (playbook: string) => assignArm({ shop: 'main', customer: `c${i}`, playbook }, rules).arm;
      if (arm('win-back') === 'hold-out' && arm('check-in') === 'hold-out') both++;
    }
    expect(Math.abs(both - n * 0.01)).toBeLessThan(5 * Math.sqrt(n * 0.01));
  });
});
