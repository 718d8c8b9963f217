import { describe, expect, it } from '@jest/globals';
import { COUNTERS, WIDE_GROUPS } from '@holdfast/features';
import { logitOf } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { factorsOf } from './factors.js';
import { artifact, eventAt, scored, START } from './scored.fixture.js';

const state = scored([eventAt(0, 'purchase'), eventAt(5, 'cart'), eventAt(30, 'purchase'), eventAt(31, 'refund')]);

describe('factors', () => {
  it('add up to the logit, at the last event and later', () => {
    for (const days of [0, 3, 40, 200]) {
      const at = state.lastActivityAt + days * DAY;
      const factors = factorsOf(state, artifact, at);
      expect(factors.map(({ name }) => name).sort()).toEqual(['average', ...WIDE_GROUPS, 'memory', 'silence'].sort());
      expect(factors.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(logitOf(state, artifact, at), 9);
      const sizes = factors.map(({ weight }) => Math.abs(weight));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    }
  });

  it('lay silence to silence: hardly anything of it is left at the last event', () => {
    const at = (days: number) =>
      factorsOf(state, artifact, state.lastActivityAt + days * DAY).find(({ name }) => name === 'silence')!.weight;
    expect(Math.abs(at(0))).toBeLessThan(1e-3);
    expect(Math.abs(at(60))).toBeGreaterThan(Math.abs(at(0)));
  });

  it('are none before the first purchase, and where the counters are not on record', () => {
    expect(factorsOf(scored([eventAt(0, 'cart')]), artifact, START)).toEqual([]);
    expect(state.counters).toHaveLength(COUNTERS.length);
    expect(factorsOf({ ...state, counters: new Float32Array() }, artifact, START)).toEqual([]);
  });
});
