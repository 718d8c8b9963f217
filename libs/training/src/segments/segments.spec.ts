import { describe, expect, it } from '@jest/globals';
import { type Rfm } from '@holdfast/features';
import { segmentOf } from '@holdfast/model';

import { randomFor } from '../random.js';
import { fitSegmentation } from './segmentation.js';

/** Customers around some centres, as many around each. */
function crowds(centres: readonly Rfm[], each: number, spread: number, seed = 1): Rfm[] {
  const random = randomFor(seed, 'crowds');
  const around = (value: number) => value + spread * (random.next() + random.next() + random.next() - 1.5);
  return Array.from({ length: each * centres.length }, (_, i) => {
    const [r, f, m] = centres[i % centres.length]!;
    return [around(r), around(f), around(m)];
  });
}

const FOUR: readonly Rfm[] = [
  [1, 3, 3],
  [1, 1, 1],
  [4, 3, 3],
  [4, 1, 1],
];

describe('segments', () => {
  it('are as many as there are crowds, and called by what sets them apart', () => {
    const points = crowds(FOUR, 150, 0.5);
    const found = fitSegmentation(points, 1);
    expect([...found.names].sort()).toEqual([
      'quiet, few orders, low spend',
      'quiet, frequent, high spend',
      'recent, few orders, low spend',
      'recent, frequent, high spend',
    ]);
    expect(found.names[segmentOf(found, [0.9, 3.2, 3.1])]).toBe('recent, frequent, high spend');
    expect(new Set(points.map((point, i) => `${i % 4} ${segmentOf(found, point)}`)).size).toBe(4);
    expect(fitSegmentation(points, 1)).toEqual(found);
  });

  it('are one where customers do not fall into any, or are too few', () => {
    const one = fitSegmentation(crowds([[2, 2, 2]], 400, 1), 1);
    expect(one).toMatchObject({ names: ['average'], centres: [[0, 0, 0]] });
    expect(fitSegmentation([[1, 1, 1]], 1).names).toEqual(['average']);
  });

  it('are called by what some have and others have not, even where the rest is the same for all', () => {
    const points = crowds(FOUR, 150, 0.5).map(([r, , m]): Rfm => [r, Math.LN2, m]);
    for (const name of fitSegmentation(points, 1).names) expect(name).not.toMatch(/orders|frequent/);
  });
});
