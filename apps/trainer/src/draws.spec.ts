// Who counts as drawn, by the ledger.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type History } from '@holdfast/training';

import { readDraws } from './draws.js';
import { draws, openTestPlace, sends, type TestPlace } from './releases/place.fixture.js';

let place: TestPlace;
beforeAll(async () => {
  place = await openTestPlace();
});
afterAll(() => place?.remove());

const history = (customer: string, shop = 'main'): History => ({
  shop,
  customer,
  moments: [],
  purchases: [],
  amounts: [],
});

it('a customer is drawn once a playbook, since messages leave, and for real', async () => {
  const [heldOut, contacted] = [
    { playbook: 'win-back', arm: 'hold-out', propensity: 0.125 },
    { playbook: 'check-in', arm: 'treatment', propensity: 0.75 },
  ] as const;
  await draws(place, ['ann', 'bob'], { ...heldOut, at: 1_000 });
  await draws(place, ['ann'], { ...heldOut, at: 5_000 });
  await draws(place, ['ann'], { ...heldOut, at: 9_000 });
  await draws(place, ['ann'], { ...contacted, at: 6_000 });
  await draws(place, ['cid'], { ...contacted, at: 6_000, isSimulated: true });
  const none = await readDraws(place.database, [history('ann')]);
  expect([none.drawsOf(history('ann')), none.isElsewhere]).toEqual([[], false]);
  await sends(place, 7_000);
  await sends(place, 4_000);
  const { drawsOf, isElsewhere } = await readDraws(place.database, [history('ann'), history('dan')]);
  expect(isElsewhere).toBe(false);
  expect([...drawsOf(history('ann'))].sort((a, b) => a.at - b.at)).toEqual([
    { shop: 'main', customer: 'ann', playbook: 'win-back', arm: 'hold-out', holdOutShare: 0.125, at: 5_000 },
    { shop: 'main', customer: 'ann', playbook: 'check-in', arm: 'treatment', holdOutShare: 0.25, at: 6_000 },
  ]);
  for (const other of [history('bob'), history('cid'), history('ann', 'elsewhere')]) expect(drawsOf(other)).toEqual([]);
  expect((await readDraws(place.database, [history('ann', 'elsewhere')])).isElsewhere).toBe(true);
});
