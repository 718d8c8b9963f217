// For tests: a shop that contacts customers, and it works.
import { logit } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { type Known } from './known.js';
import { type Draw } from './left-alone.js';
import { randomFor } from './random.js';
import { silenceNetwork } from './silence-network.fixture.js';
import { eventOf, historiesOf, SHOP_START } from './synthetic-shop.js';

export const drawAt = (at: Millis, arm: Draw['arm'], holdOutShare = 0.2): Draw => ({
  ...{ arm, holdOutShare, at },
});

const HORIZON = 20;
const ROUNDS = 5;
/** Who buy within a horizon: those whom no playbook is for, and the others of themselves and once they have been contacted. */
const BUY = { loyal: 0.95, ofThemselves: 0.3, contacted: 0.9 } as const;

/**
 * No playbook is for every second customer; the others are drawn in the middle of one of the horizons, and whom it contacts buys more from then
 * on. Who has bought in the horizon before T is mostly loyal, who has not mostly is not.
 */
export function contactedShop(customers: number, holdOutShare: number): Known {
  const random = randomFor(3, 'contacted');
  const draws = new Map<string, Draw[]>();
  const events = Array.from({ length: customers }, (_, i) => {
    const customer = `c${i}`;
    const isLoyal = i % 2 === 0;
    const arm = random.next() < holdOutShare ? 'hold-out' : 'treatment';
    const drawnIn = Math.floor(ROUNDS * random.next());
    draws.set(customer, isLoyal ? [] : [drawAt(SHOP_START + (drawnIn * HORIZON + 10) * DAY, arm, holdOutShare)]);
    const buys = (day: number) => eventOf(customer, 'purchase', SHOP_START + Math.floor(day * DAY));
    const later = Array.from({ length: ROUNDS }, (_, round) => {
      const isContacted = arm === 'treatment' && round >= drawnIn;
      const chance = isLoyal ? BUY.loyal : isContacted ? BUY.contacted : BUY.ofThemselves;
      const [comes, when] = [random.next(), random.next()];
      return comes < chance ? [buys(round * HORIZON + 11 + 8 * when)] : [];
    }).flat();
    return [buys(1), ...later];
  }).flat();
  return {
    histories: historiesOf(events.sort((a, b) => a.occurredAt - b.occurredAt)),
    from: SHOP_START,
    until: SHOP_START + ROUNDS * HORIZON * DAY,
    drawsOf: ({ customer }) => draws.get(customer)!,
  };
}

/** What is right there at the beginning of a horizon, had nobody been contacted: .206 of those who bought in the one before churn, .58 of the others. */
export const rightNetwork = (shift = 0) =>
  silenceNetwork(logit(0.206) + shift, (logit(0.58) - logit(0.206)) / 0.75, 0.5);
