import { describe, expect, it } from '@jest/globals';

import { FLAWS } from './flaws.js';
import { simulate } from './simulate.js';
import { STRIKES, Tally } from './tally.js';

const SEEDS = 2_000;

describe('the runner under trouble', () => {
  const tally = new Tally();

  it(`publishes, stores and fires exactly what brute force computes, in ${SEEDS} simulations`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { complaint, tally: counts } = await simulate(seed);
      expect(complaint).toBeNull();
      tally.add(counts);
    }
  }, 600_000);

  it('was struck by every kind of fault, at everything it waits for', () => {
    expect(tally.missing()).toEqual([]);
  });

  it.each(STRIKES)('survives to be %s at every single message', async (kind) => {
    for (let at = 1; at < 250; at++) {
      expect((await simulate(35, { strike: { at, kind } })).complaint).toBeNull();
    }
  });

  it('takes the same steps again with the same seed', async () => {
    expect(await simulate(5)).toEqual(await simulate(5));
  });
});

describe('the simulation', () => {
  it.each(FLAWS)('notices when %s', async (flaw) => {
    let isNoticed = false;
    for (let seed = 1; seed <= SEEDS && !isNoticed; seed++) {
      const { complaint } = await simulate(seed, { flaw, limit: 4_000 });
      // Not by what a checkpoint says of sources: that is how this flaw is made, not what it does.
      isNoticed = complaint !== null && !complaint.includes('progress[');
    }
    expect(isNoticed).toBe(true);
  });
});
