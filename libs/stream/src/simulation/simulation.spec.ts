import { describe, expect, it } from '@jest/globals';

import { simulate } from './simulate.js';

/** How many, and from which on: a failing seed, given as the first, replays exactly. */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 1_000);
const FIRST = Number(process.env['SIMULATION_FIRST_SEED'] ?? 1);

describe('the runner under trouble', () => {
  it(`publishes and stores exactly what brute force computes, in ${SEEDS} simulations`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      expect((await simulate(seed)).complaint).toBeNull();
    }
  }, 600_000);

  it.each(['kill', 'pause', 'deafen'] as const)('survives to %s a worker at every single message', async (kind) => {
    for (let at = 1; at < 250; at++) {
      expect((await simulate(35, { strike: { at, kind } })).complaint).toBeNull();
    }
  });

  it('takes the same steps again with the same seed', async () => {
    expect(await simulate(5)).toEqual(await simulate(5));
  });
});

describe('the simulation', () => {
  it.each([
    'checkpoints are not fenced',
    'loads are not fenced',
    'epochs are not raised',
    'sources are not checked',
    'sends are acknowledged before they are stored',
  ] as const)('notices when %s', async (flaw) => {
    let isNoticed = false;
    for (let seed = 1; seed <= 200 && !isNoticed; seed++) {
      isNoticed = (await simulate(seed, { flaws: [flaw], limit: 4_000 })).complaint !== null;
    }
    expect(isNoticed).toBe(true);
  });
});
