// What is known of a customer at a moment must not depend on how the events lie in the log.
import { describe, expect, it } from '@jest/globals';
import { type BehaviorEvent, DAY } from '@holdfast/schemas';

import { HistoryBuilder } from './history.js';

const event = (day: number, more: Partial<BehaviorEvent> = {}): BehaviorEvent => ({
  messageId: `m${day}`, shop: 'main', customer: 'c', type: 'purchase', occurredAt: day * DAY, receivedAt: day * DAY,
  origin: 'live', amountMinor: 1_000, ...more,
}); // prettier-ignore

const historyOf = (events: readonly BehaviorEvent[]) => {
  const builder = new HistoryBuilder();
  for (const one of events) builder.add(one);
  return builder.build()[0]!;
};

describe('a history', () => {
  it('is in the order in which events became known, also when the past was imported behind live events', () => {
    const [past, live] = [[event(10), event(30)], [event(100), event(110)]]; // prettier-ignore
    const imported = historyOf([...live, ...past]);
    expect(imported).toEqual(historyOf([...past, ...live]));
    expect(imported.moments.map(({ at, orders }) => [at / DAY, orders])).toEqual([[10, 1], [30, 2], [100, 3], [110, 4]]); // prettier-ignore
  });

  it('takes late news of an older activity for no act of now, as scoring does', () => {
    const late = event(40, { type: 'view', occurredAt: 20 * DAY });
    expect(historyOf([event(10), event(30), late]).moments.map(({ acted }) => acted)).toEqual([true, true, false]);
  });
});
