import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '@holdfast/schemas';
import fc from 'fast-check';

import { correctSkew } from './occurred-at.js';

const instant = fc.integer({ min: 100 * DAY, max: 30_000 * DAY });
const skew = fc.integer({ min: -50 * DAY, max: 50 * DAY });

describe('the correction of a sender’s clock', () => {
  it('does not depend on how wrong that clock is', () => {
    fc.assert(
      fc.property(instant, skew, fc.nat(10 * DAY), fc.nat(HOUR), (happened, wrong, queued, travelled) => {
        const sent = happened + queued;
        const received = sent + travelled;
        const at = correctSkew(received, happened + wrong, sent + wrong);
        // The journey counts as part of the age: that is all that cannot be known.
        expect(at).toBe(happened + travelled);
      }),
    );
  });

  it('never says later than receivedAt, nor before 1970', () => {
    fc.assert(
      fc.property(
        instant,
        fc.option(instant, { nil: undefined }),
        fc.option(instant, { nil: undefined }),
        (r, o, s) => {
          const at = correctSkew(r, o, s);
          expect(at).toBeLessThanOrEqual(r);
          expect(at).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it.each([
    ['nothing is said: now', undefined, undefined, 1_000],
    ['only the time: that', 400, undefined, 400],
    ['only sentAt: now', undefined, 900, 1_000],
    ['a time in the future: now', 5_000, undefined, 1_000],
    ['sent before it happened: now', 900, 400, 1_000],
  ])('%s', (_what, original, sentAt, expected) => {
    expect(correctSkew(1_000, original, sentAt)).toBe(expected);
  });
});
