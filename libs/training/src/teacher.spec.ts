import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { churnTask } from './churn-task.js';
import { type History } from './history.js';
import { type Landmark, stretchAfter } from './landmarks.js';
import { lrAll } from './models/lr-all.js';
import { recency } from './models/recency.js';
import { splitOf } from './split.js';
import { historiesOf, SHOP_START, syntheticEvents } from './synthetic-shop.js';
import { teach } from './teacher.js';

const horizonDays = 20;
const definition = { horizonDays, activeDays: 40 };
const split = splitOf(SHOP_START, SHOP_START + 160 * DAY, horizonDays);
const events = syntheticEvents(150, 160);
const taskOf = (known: typeof events) => churnTask(historiesOf(known), definition, split);
const unit = (horizonDays / 90) * DAY;

/** The first moment of a customer that is asked about in training, if any. */
const firstAsked = (history: History): number =>
  history.moments.findIndex((_, index) => stretchAfter(history, index, { ...definition, split }) !== null);

describe('the teacher', () => {
  it('says at a knot what its method says there, and between knots something between', async () => {
    const task = taskOf(events);
    const teacher = (await teach(task, { seed: 1, methods: [recency] }))!;
    const history = task.histories.find(({ moments }) =>
      moments.some(({ event, at }) => event.type === 'purchase' && at > split.trainFrom + 30 * unit),
    )!;
    const moment = history.moments.findIndex(
      ({ event, at }) => event.type === 'purchase' && at > split.trainFrom + 30 * unit,
    );
    const { from, until } = stretchAfter(history, moment, task)!;
    expect(until - from).toBeGreaterThan(7 * unit);
    const after = (days: number): Landmark => ({ moment, at: from + days * unit, churned: false });
    expect(teacher(history, after(4))).toBeCloseTo(4 / 94, 6);
    expect(teacher(history, after(7))).toBeCloseTo(7 / 97, 6);
    expect(teacher(history, after(5))).toBeGreaterThan(4 / 94);
    expect(teacher(history, after(5))).toBeLessThan(7 / 97);
  });

  it('knows nothing of what came later to the customer it speaks of', async () => {
    const whole = taskOf(events);
    const teacher = (await teach(whole, { seed: 1, methods: [lrAll] }))!;
    const some = whole.histories.filter((one) => firstAsked(one) >= 0 && firstAsked(one) < one.moments.length - 3);
    for (const history of some.slice(0, 3)) {
      const moment = firstAsked(history);
      const { at } = history.moments[moment]!;
      const known = events.filter(({ customer, receivedAt }) => customer !== history.customer || receivedAt <= at);
      const task = taskOf(known);
      const other = (await teach(task, { seed: 1, methods: [lrAll] }))!;
      const same = task.histories.find(({ customer }) => customer === history.customer)!;
      const landmark = { moment, at: at + DAY, churned: false };
      expect(other(same, landmark)).toBe(teacher(history, landmark));
    }
    expect(some.length).toBeGreaterThan(3);
  });

  it('is none where its folds would have too few customers', async () => {
    const few = taskOf(events.filter(({ customer }) => Number(customer.slice(1)) < 32));
    expect(await teach(few, { seed: 1, methods: [lrAll] })).toBeNull();
  });
});
