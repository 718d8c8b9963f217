// The public data sets themselves, where they lie beside the repository.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { openDataset } from './index.js';

const folder = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const present = existsSync(folder);
if (!present) console.warn(`SKIPPED: the public data sets are not at ${folder}`);

async function count(path: string) {
  const types: Record<string, number> = {};
  const bad: Record<string, number> = {};
  const customers = new Set<string>();
  const ids = new Set<string>();
  let [latest, events, disorder] = [-Infinity, 0, 0];
  for await (const line of (await openDataset(path)).events()) {
    if ('reason' in line) {
      bad[line.reason] = (bad[line.reason] ?? 0) + 1;
      continue;
    }
    const { event } = line;
    types[event.type] = (types[event.type] ?? 0) + 1;
    customers.add(event.customer);
    ids.add(event.messageId);
    if (event.occurredAt < latest) disorder += 1;
    latest = event.occurredAt;
    events += 1;
  }
  expect(disorder).toBe(0);
  expect(ids.size).toBe(events);
  return { customers: customers.size, types, bad };
}

describe('the shipped data set', () => {
  it('is Online Retail II: every invoice of a known customer', async () => {
    expect(await count('online-retail-ii')).toEqual({
      customers: 5_939,
      types: { purchase: 36_969, refund: 7_901 },
      bad: {},
    });
  });

  (present ? it : it.skip)('holds the same events as the two yearly files', async () => {
    const shipped = (await openDataset('online-retail-ii')).events()[Symbol.asyncIterator]();
    let compared = 0;
    for await (const line of (await openDataset(`${folder}online_retail_ii`)).events()) {
      if (!('event' in line)) continue;
      const { value } = await shipped.next();
      if (JSON.stringify(value.event) !== JSON.stringify(line.event)) expect(value.event).toEqual(line.event);
      compared += 1;
    }
    expect(compared).toBe(44_870);
    expect((await shipped.next()).done).toBe(true);
  });
});

(present ? describe : describe.skip)('the public data sets', () => {
  it.each([
    ['cdnow/CDNOW_master.txt.gz', 23_570, { purchase: 69_659 }, {}],
    ['cdnow', 23_570, { purchase: 69_659 }, {}],
    ['cdnow/CDNOW_sample.txt.gz', 2_357, { purchase: 6_919 }, {}],
    [
      'google_merchandise_ga4/events.csv.gz',
      14_701,
      { view: 18_101, cart: 58_438, checkout: 15_326, purchase: 4_978 },
      {},
    ],
    ['complete_journey', 2_373, { 'coupon-applied': 1_107, purchase: 46_988 }, { 'no-purchase': 529 }],
    ['rees46_multicategory_sample', 4_504, { view: 17_055, cart: 165, purchase: 214 }, {}],
    ['retailrocket_sample', 5_000, { view: 9_076, cart: 263, purchase: 40 }, {}],
    ['taobao_userbehavior', 927, { view: 84_595, cart: 5_029, wishlist: 2_527, purchase: 1_767 }, { 'bad-time': 39 }],
  ])('%s is read whole', async (path, customers, types, bad) => {
    expect(await count(folder + path)).toEqual({ customers, types, bad });
  });
});
