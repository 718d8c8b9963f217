import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '@holdfast/schemas';
import fc from 'fast-check';

import { applyEvent } from './apply-event.js';
import { type CustomerFeatures } from './customer-features.js';
import { eventAt } from './event-builders.js';
import { KEPT_STEPS, type KeptStep, stepsOf, withStep } from './packed-steps.js';
import { encodeStep, STEP, STEP_INPUTS, STEP_SIZE } from './step-inputs.js';

const NONE = new Uint8Array();
const anyEvents = fc.array(
  fc
    .record({
      days: fc.double({ min: 0, max: 900, noNaN: true }),
      type: fc.constantFrom(...EVENT_TYPES),
      amountMinor: fc.integer({ min: 0, max: 1e12 }),
      quantity: fc.double({ min: 0, max: 1e6, noNaN: true }),
      category: fc.string(),
    })
    .map(({ days, type, ...more }) => eventAt(days, type, more)),
  { minLength: 1, maxLength: 2 * KEPT_STEPS },
);

describe('packed steps', () => {
  it('law: mean the same to a network', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        let state: CustomerFeatures | undefined;
        let packed: Uint8Array = NONE;
        const inputs: KeptStep[] = [];
        for (const event of events) {
          const applied = applyEvent(state, event);
          state = applied.state;
          const { x } = applied.record;
          if (x === null) continue;
          const at = applied.record.occurredAt;
          packed = withStep(packed, { at, x });
          inputs.push({ at, x });
        }
        const encoded = (x: readonly number[]) => {
          const out = new Float32Array(STEP_SIZE);
          encodeStep(x, { horizonDays: 90, medianOrderMinor: 1_000 }, out);
          return out;
        };
        const [kept, last] = [[...stepsOf(packed)], inputs.slice(-KEPT_STEPS)];
        expect(kept).toHaveLength(last.length);
        kept.forEach(({ at, x }, i) => {
          const [mine, theirs] = [encoded(x), encoded(last[i]!.x)];
          expect(at).toBe(last[i]!.at);
          mine.forEach((value, j) => expect(value).toBeCloseTo(theirs[j]!, 5));
          expect(x[STEP.category]).toBe(last[i]!.x[STEP.category]);
        });
      }),
    );
  });

  it('are the newest', () => {
    const x = new Array<number>(STEP_INPUTS.length).fill(0);
    let packed: Uint8Array = NONE;
    for (let i = 1; i <= KEPT_STEPS + 10; i++) packed = withStep(packed, { at: i, x: x.with(STEP.events, i) });
    const numbers = Array.from({ length: KEPT_STEPS }, (_, i) => i + 11);
    expect([...stepsOf(packed)].map(({ at }) => at)).toEqual(numbers);
    expect([...stepsOf(packed)].map((step) => step.x[STEP.events])).toEqual(numbers);
  });
});
