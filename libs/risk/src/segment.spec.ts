import { expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { artifact, eventAt, scored } from './scored.fixture.js';
import { segmentAt } from './segment.js';

const segmentation = {
  ...{ mean: [0, 0, 0], deviation: [1, 1, 1] },
  ...{ centres: [[0, 1, 1], [4, 1, 1]], names: ['recent', 'quiet'] }, // prettier-ignore
};
const known = { ...artifact, segmentation };

it('a segment changes while nothing happens, and is that of now', () => {
  // A cart is no purchase: recency goes on, and so does the count from it.
  for (const events of [[eventAt(0, 'purchase')], [eventAt(0, 'purchase'), eventAt(5, 'cart')]]) {
    const state = scored(events);
    const at = (days: number) => segmentAt(state, known, eventAt(days, 'view').receivedAt);
    const change = Math.expm1(2); // half way between the centres, u-days
    expect(at(change - 0.2)).toBe('recent');
    expect(at(change + 0.2)).toBe('quiet');
  }
});

it('a segment is none before the first purchase, and where there are no different ones', () => {
  const state = scored([eventAt(0, 'purchase')]);
  expect(segmentAt(scored([eventAt(0, 'cart')]), known, state.lastActivityAt)).toBeNull();
  expect(segmentAt({ ...state, counters: new Float32Array() }, known, state.lastActivityAt)).toBeNull();
  expect(segmentAt(state, artifact, state.lastActivityAt)).toBeNull();
  const one = { ...known, segmentation: { ...segmentation, centres: [[0, 0, 0]], names: ['average'] } };
  expect(segmentAt(state, one, state.lastActivityAt + DAY)).toBeNull();
});
