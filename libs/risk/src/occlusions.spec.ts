import { describe, expect, it } from '@jest/globals';
import { COUNTER } from '@holdfast/features';
import { logitAt, type ScoringState, silenceDaysAt } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { curveAfter } from './curve-after.js';
import { occlusions } from './occlusions.js';
import { artifact, eventAt, scored, START } from './scored.fixture.js';

const HISTORY = [eventAt(0, 'purchase'), eventAt(5, 'search'), eventAt(30, 'purchase'), eventAt(31, 'refund')];

describe('occlusions', () => {
  it('are what the memory of each step does to the risk, newest first', () => {
    const state = scored(HISTORY);
    const now = state.lastActivityAt + 20 * DAY;
    const found = occlusions(state, artifact, now);
    expect(found.map(({ type }) => type)).toEqual(['refund', 'purchase', 'search', 'purchase']);
    expect(found.map(({ at }) => at)).toEqual(HISTORY.map(({ occurredAt }) => occurredAt).reverse());
    // Without the last step the memory is that before it: nothing else changes.
    const silentDays = state.counters[COUNTER.silenceDays]!;
    const logitWith = ({ h }: ScoringState) =>
      logitAt(artifact.knotsDays, curveAfter(artifact, h, state.counters, silentDays), silenceDaysAt(state, now));
    expect(found[0]!.weight).toBeCloseTo(logitWith(state) - logitWith(scored(HISTORY.slice(0, 3))), 4);
    expect(found[0]!.weight).not.toBeCloseTo(0, 3);
  });

  it('are of sixteen steps at most, and none before the first purchase', () => {
    const many = Array.from({ length: 30 }, (_, i) => eventAt(i, i === 0 ? 'purchase' : 'search'));
    expect(occlusions(scored(many), artifact, START + 40 * DAY)).toHaveLength(16);
    expect(occlusions(scored([eventAt(0, 'search')]), artifact, START + DAY)).toEqual([]);
    // The memory is of steps that were not kept.
    const state = scored(HISTORY);
    expect(occlusions({ ...state, steps: new Uint8Array() }, artifact, START + 40 * DAY)).toEqual([]);
  });
});
