import { describe, expect, it } from '@jest/globals';

import { objectionToMove } from './moves.js';
import { artifact } from './shelf.fixture.js';

const before = artifact(0); // medium .4, high .7, hysteresis .05
const to = (medium: number, high: number, more = {}) =>
  objectionToMove(before, { ...before, thresholds: { medium, high }, ...more });

describe('thresholds that move', () => {
  it('may do so in small steps', () => {
    expect([to(0.4, 0.7), to(0.5, 0.8), to(0.3, 0.6)]).toEqual([null, null, null]);
  });

  it.each([
    [0.4, 0.81, {}, 'high from 0.7 to 0.600 … 0.800, not to 0.81.'],
    [0.29, 0.7, {}, 'medium from 0.4 to 0.300 … 0.500, not to 0.29.'],
    [0.4, 0.7, { hysteresis: 0.06 }, 'It changes when a tier is left'],
    [0.4, 0.7, { activeDays: 30 }, 'It changes when a tier is left, or when a customer has lapsed'],
    [0.4, 0.7, { hysteresis: 0.4 }, 'medium must begin above 0.4'],
    [0.4, 0.7, { hysteresis: 0.3 }, 'medium must begin more than 0.3 below high'],
  ])('may not to %d and %d with %j', (medium, high, more, sentence) => {
    expect(to(medium, high, more)).toContain(sentence);
  });
});
