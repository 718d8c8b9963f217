import { expect, it } from '@jest/globals';

import { tidyVitals } from './tidy-vitals.js';

const MEBI = 2 ** 20;

it('what is held no more is not told, however old it is', async () => {
  const before = await tidyVitals();
  let held: string[] | null = Array.from({ length: 400_000 }, (_, i) => `text ${i} of some length`);
  await tidyVitals();
  const meanwhile = await tidyVitals(); // it is old now
  expect(meanwhile.liveBytes - before.liveBytes).toBeGreaterThan(held.length * 24);
  held = null;
  const after = await tidyVitals();
  expect(Math.abs(after.liveBytes - before.liveBytes)).toBeLessThan(2 * MEBI);
  expect(after.residentBytes).toBeGreaterThan(after.liveBytes / 2);
});
