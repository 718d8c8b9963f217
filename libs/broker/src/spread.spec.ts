import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { spread } from './spread.js';

describe('sharing partitions', () => {
  it('gives every partition to exactly one member, evenly, and moves no more than it must', () => {
    const shares = fc.tuple(
      fc.nat(30),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(6), { minLength: 30, maxLength: 30 }),
    );
    fc.assert(
      fc.property(shares, ([count, members, owners]) => {
        const held = Array.from({ length: members }, (_, member) =>
          Array.from({ length: count }, (_, partition) => partition).filter(
            (partition) => owners[partition] === member,
          ),
        );
        const result = spread(count, held);
        expect(result.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, partition) => partition));
        const sizes = result.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        result.forEach((share, member) => {
          const kept = share.filter((partition) => held[member]?.includes(partition)).length;
          expect(kept).toBeGreaterThanOrEqual(Math.min(held[member]?.length ?? 0, Math.floor(count / members)));
        });
      }),
    );
  });
});
