import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';
import fc from 'fast-check';

import { buysWithin, lastBefore } from './history.js';
import { defaultHorizon, endedBy, gapsUntil } from './horizon.js';
import { drawLandmark, stretchAfter } from './landmarks.js';
import { atRiskAt, populationText } from './population.js';
import { randomFor } from './random.js';
import { onlineRetailSplit, splitOf } from './split.js';
import { eventOf, historiesOf, SHOP_START as start, syntheticEvents } from './synthetic-shop.js';

const definition = { horizonDays: 30, activeDays: 60 };

describe('the population at T', () => {
  const T = start + 100 * DAY;
  it.each([
    ['bought just before T and at T + H: churned, for the window is half-open', [-1, 30 * DAY], [], 'c,1'],
    ['bought before and exactly at T: retained, for T belongs to the label', [-5 * DAY, 0], [], 'c,0'],
    ['bought only at T: not known yet', [0], [], ''],
    ['silent for exactly A: still at risk', [-60 * DAY], [], 'c,1'],
    ['silent for longer than A: lapsed', [-60 * DAY - 1], [], ''],
    ['bought long ago but looked around lately: at risk', [-90 * DAY], [-3 * DAY], 'c,1'],
    ['never bought: not a customer', [], [-3 * DAY], ''],
  ])('%s', (_, purchases, views, expected) => {
    const events = [
      ...purchases.map((days) => eventOf('c', 'purchase', T + days)),
      ...views.map((days) => eventOf('c', 'view', T + days)),
    ].sort((a, b) => a.occurredAt - b.occurredAt);
    expect(populationText(atRiskAt(historiesOf(events), T, definition))).toBe(expected);
  });

  it('does not count what was only done to a customer as activity', () => {
    const events = [eventOf('c', 'purchase', T - 70 * DAY), eventOf('c', 'message-delivered', T - DAY)];
    expect(atRiskAt(historiesOf(events), T, definition)).toEqual([]);
  });
});

describe('the horizon', () => {
  it('is read off Kaplan–Meier: open gaps are censored, not ended', () => {
    const gaps = [
      { days: 5, ended: true },
      { days: 10, ended: false },
      { days: 20, ended: true },
      { days: 40, ended: true },
    ];
    expect(endedBy(gaps, 4)).toBe(0);
    expect(endedBy(gaps, 5)).toBeCloseTo(0.25, 12);
    expect(endedBy(gaps, 20)).toBeCloseTo(1 - 0.75 * 0.5, 12);
    expect(endedBy(gaps, 40)).toBe(1);
  });

  it('counts the purchases of one day once, and the last gap as open', () => {
    const history = historiesOf([0, 1, 10 * 24].map((hours) => eventOf('c', 'purchase', start + hours * 3_600_000)));
    expect(gapsUntil(history, start + 40 * DAY)).toEqual([
      { days: 10, ended: true },
      { days: 30, ended: false },
    ]);
  });

  it('follows the rhythm of the shop', () => {
    const every = (days: number) =>
      historiesOf(Array.from({ length: 400 / days }, (_, i) => eventOf('c', 'purchase', start + i * days * DAY)));
    expect(defaultHorizon(every(7), start, start + 400 * DAY)).toBe(14);
    expect(defaultHorizon(every(25), start, start + 400 * DAY)).toBe(30);
    expect(() => defaultHorizon(every(7), start, start + 20 * DAY)).toThrow(/Import more history/);
  });
});

describe('the split', () => {
  it('never lets a label look into what it is tested on', () => {
    const spans = fc.record({ horizon: fc.integer({ min: 1, max: 200 }), extra: fc.integer({ min: 0, max: 900 }) });
    fc.assert(
      fc.property(spans, ({ horizon, extra }) => {
        const end = start + (4 * horizon + 1 + extra) * DAY;
        const split = splitOf(start, end, horizon);
        const H = horizon * DAY;
        expect(split.trainFrom).toBeGreaterThan(start);
        expect(split.trainFrom).toBeLessThan(split.trainUntil);
        expect(split.trainUntil + H).toBeLessThanOrEqual(split.validation);
        expect(split.validation + H).toBeLessThanOrEqual(split.tests[0]!);
        expect(split.tests[0]! + H).toBeLessThanOrEqual(end);
        expect(split.cutoffs.every((at) => at >= split.trainFrom && at <= split.trainUntil)).toBe(true);
      }),
    );
  });

  it('of Online Retail II is that of the reference protocol', () => {
    const { cutoffs, validation, tests } = onlineRetailSplit();
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    expect(cutoffs.map(day)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((m) => `2010-${String(m).padStart(2, '0')}-01`),
    );
    expect([validation, ...tests].map(day)).toEqual(['2011-03-01', '2011-06-01', '2011-09-01']);
  });

  it('refuses data that are too short, saying what to do', () => {
    expect(() => splitOf(start, start + 100 * DAY, 90)).toThrow(/needs at least 360/);
  });
});

describe('landmarks', () => {
  const histories = historiesOf(syntheticEvents(40, 200));
  const split = splitOf(start, start + 200 * DAY, 30);
  const period = { ...definition, split };

  it('lie between an event and the next, within the training period and the active one, with the label of the protocol', () => {
    const random = randomFor(1, 'test');
    let drawn = 0;
    for (const history of histories) {
      history.moments.forEach((moment, i) => {
        const stretch = stretchAfter(history, i, period);
        if (!stretch) return;
        const { at, churned } = drawLandmark(history, [stretch], { random, horizonDays: 30, wholeDays: false });
        drawn += 1;
        expect(at).toBeGreaterThan(moment.at);
        expect(at).toBeLessThanOrEqual(history.moments[i + 1]?.at ?? Infinity);
        expect(at).toBeLessThanOrEqual(moment.lastActivityAt! + 60 * DAY);
        expect(at).toBeGreaterThanOrEqual(split.trainFrom);
        expect(at).toBeLessThanOrEqual(split.trainUntil);
        expect(churned).toBe(!history.purchases.some((p) => p >= at && p < at + 30 * DAY));
      });
    }
    expect(drawn).toBeGreaterThan(50);
  });

  it('find moments and purchases by bisection as by looking at all', () => {
    const history = histories.find(({ moments }) => moments.length > 5)!;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 * 24 }), fc.integer({ min: 1, max: 500 }), (hour, hours) => {
        const at = start + hour * 3_600_000;
        const until = at + hours * 3_600_000;
        expect(lastBefore(history, at)).toBe(history.moments.filter((moment) => moment.at < at).length - 1);
        expect(buysWithin(history, at, until)).toBe(history.purchases.some((p) => p >= at && p < until));
      }),
    );
  });
});
