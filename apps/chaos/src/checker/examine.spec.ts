import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { examine } from './examine.js';
import { type SmallRun, smallRun } from './small-run.fixture.js';

let run: SmallRun;
beforeAll(async () => {
  run = await smallRun();
});
afterAll(() => run?.close());

describe('the checker', () => {
  it('finds nothing wrong with a run in which every record that was written again was skipped', async () => {
    const t = performance.now();
    const verdict = await examine(run.evidence, { broker: run.broker });
    console.log(performance.now() - t, verdict, run.evidence.deliveries.length);
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, faults: [] });
    expect(verdict.repeated).toBeGreaterThan(0);
  });
});
