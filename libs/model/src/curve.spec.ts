import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { crossingOf } from './crossing.js';
import { drawCurve, logitAt } from './curve.js';
import { randomArtifact, seededRandom } from './fixtures.js';
import { embedCategory, initialLstmState, lstmStep } from './lstm.js';
import { logit, sigmoid } from './probability.js';

const knots = [0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 60, 80, 105, 140, 180];
const SECOND = 1 / 86_400;

/** Thousandths: steps too small to divide are no curve that a model draws. */
const thousandths = (min: number, max: number) => fc.integer({ min: min * 1000, max: max * 1000 }).map((n) => n / 1000);
/** Curves that never fall, some flat in parts. */
const rises = fc.array(fc.oneof(fc.constant(0), thousandths(0, 1)), { minLength: 14, maxLength: 14 });
const anyCurve = fc
  .tuple(thousandths(-3, 1), rises)
  .map(([start, steps]) => steps.reduce((curve, rise) => [...curve, curve.at(-1)! + rise], [start]));

describe('a curve over silence', () => {
  it('is joined linearly in log(1 + s)', () => {
    const curve = knots.map((days) => 2 * Math.log1p(days));
    for (const days of [0, 0.5, 3, 50, 179, 180])
      expect(logitAt(knots, curve, days)).toBeCloseTo(2 * Math.log1p(days), 10);
    expect(logitAt(knots, curve, 1000)).toBe(curve[14]);
  });

  it('never falls, whatever the features do', () => {
    const artifact = randomArtifact({ stepSize: 3, wideSize: 5, hidden: 4 });
    const random = seededRandom(3);
    const curve = drawCurve(artifact, new Float32Array(4), (_, out) => out.set(out.map(() => 20 * random())));
    for (let k = 1; k < curve.length; k++) expect(curve[k]).toBeGreaterThanOrEqual(curve[k - 1]!);
  });

  it('crosses log(1 + s) = 2 at s = e² − 1', () => {
    const curve = knots.map((days) => Math.log1p(days));
    const stretch = { fromDays: 0, untilDays: 180 };
    expect(crossingOf(knots, curve, 2, stretch)).toBeCloseTo(Math.E ** 2 - 1, 9);
    expect(crossingOf(knots, curve, 2, { fromDays: 8, untilDays: 180 })).toBe(8);
    expect(crossingOf(knots, curve, 2, { fromDays: 0, untilDays: 6 })).toBeNull();
    expect(crossingOf(knots, curve, 9, stretch)).toBeNull();
  });

  it('law: the crossing equals a search on a fine grid within a second', () => {
    fc.assert(
      fc.property(anyCurve, thousandths(-3, 4), thousandths(0, 200), (curve, threshold, fromDays) => {
        const days = crossingOf(knots, curve, threshold, { fromDays, untilDays: 180 });
        const above = (at: number) => logitAt(knots, curve, at) >= threshold;
        if (days === null) return expect(fromDays > 180 || !above(180)).toBe(true);
        expect(days).toBeGreaterThanOrEqual(fromDays);
        expect(above(days + SECOND)).toBe(true);
        if (days - SECOND > fromDays) expect(above(days - SECOND)).toBe(false);
        // The first one: nothing on a grid before it is above.
        for (let at = fromDays; at < days - SECOND; at += (days - fromDays) / 200) expect(above(at)).toBe(false);
      }),
      { numRuns: 500 },
    ); // prettier-ignore
  });
});

describe('the network', () => {
  it('law: its memory is never NaN and stays within ±1', () => {
    const artifact = randomArtifact({ stepSize: 6, wideSize: 3, hidden: 8 });
    const inputs = fc.array(fc.array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 10, maxLength: 10 }));
    fc.assert(
      fc.property(inputs, (rows) => {
        const state = initialLstmState(8);
        for (const row of rows) lstmStep(artifact.lstm, state, Float32Array.from(row));
        expect(state.h.every((value) => Math.abs(value) <= 1)).toBe(true);
        expect(state.c.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('looks categories up in its embedding', () => {
    const artifact = randomArtifact({ stepSize: 6, wideSize: 3 });
    const input = new Float32Array(10);
    embedCategory(artifact, 3, input, 6);
    expect(input.subarray(6)).toEqual(artifact.embedding.table.subarray(12, 16));
    expect(() => embedCategory(artifact, 64, input, 6)).toThrow(/bucket must be below 64/);
  });
});

it('logit and sigmoid are inverse', () => {
  expect(sigmoid(logit(0.73))).toBeCloseTo(0.73, 12);
  expect(() => logit(1)).toThrow(/p must lie between 0 and 1, not 1/);
});
