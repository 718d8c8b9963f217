// For tests: a shop that contacts customers, and it works.
import { DAY, type Millis } from '@holdfast/schemas';

import { type Known } from './known.js';
import { type Draw } from './left-alone.js';
import { randomFor } from './random.js';
import { eventOf, historiesOf, SHOP_START } from './synthetic-shop.js';

export const drawAt = (at: Millis, arm: Draw['arm'], holdOutShare = 0.2): Draw => ({
  ...{ playbook: 'win-back', arm, holdOutShare },
  ...{ at, until: at + 14 * DAY },
});

const HORIZON = 20;
const DAYS = 100;
/** Who buy within a horizon: those whom no playbook is for, and the others of themselves and when they are contacted. */
const BUY = { loyal: 0.8, ofThemselves: 0.4, contacted: 0.9 } as const;

/**
 * No playbook is for every second customer; the others are drawn at the tenth day of each horizon. `churnRate`: of those who would be at risk had
 * nobody been contacted: customers who bought in one of the two horizons before.
 */
export function contactedShop(customers: number, holdOutShare: number): Known & { readonly churnRate: number } {
  const random = randomFor(3, 'contacted');
  const draws = new Map<string, Draw[]>();
  const events = Array.from({ length: customers }, (_, i) => {
    const customer = `c${i}`;
    const arm = random.next() < holdOutShare ? 'hold-out' : 'treatment';
    const own: Draw[] = [];
    const isLoyal = i % 2 === 0;
    draws.set(customer, own);
    const buys = (day: number) => eventOf(customer, 'purchase', SHOP_START + Math.floor(day * DAY));
    return Array.from({ length: DAYS / HORIZON }, (_, round) => {
      const drawn = 10 + round * HORIZON;
      if (!isLoyal) own.push(drawAt(SHOP_START + drawn * DAY, arm, holdOutShare));
      const chance = isLoyal ? BUY.loyal : arm === 'treatment' ? BUY.contacted : BUY.ofThemselves;
      const again = random.next() < chance;
      return [...(round === 0 ? [buys(1)] : []), ...(again ? [buys(drawn + 1 + 8 * random.next())] : [])];
    }).flat();
  }).flat();
  const [loyal, others] = [BUY.loyal, BUY.ofThemselves].map((buy) => ({ atRisk: 1 - (1 - buy) ** 2, churn: 1 - buy }));
  return {
    histories: historiesOf(events.sort((a, b) => a.occurredAt - b.occurredAt)),
    from: SHOP_START,
    until: SHOP_START + DAYS * DAY,
    drawsOf: ({ customer }) => draws.get(customer)!,
    churnRate: (loyal!.atRisk * loyal!.churn + others!.atRisk * others!.churn) / (loyal!.atRisk + others!.atRisk),
  };
}
