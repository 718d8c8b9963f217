import { describe, expect, it } from '@jest/globals';

import { simulate } from './simulate.js';

const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 1_000);
const FIRST = Number(process.env['SIMULATION_FIRST_SEED'] ?? 1);

describe('the runner under trouble', () => {
  it(`publishes and stores exactly what brute force computes, in ${SEEDS} simulations`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      expect((await simulate(seed)).complaint).toBeNull();
    }
  }, 600_000);
});
