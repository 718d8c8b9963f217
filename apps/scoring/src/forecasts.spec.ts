import { describe, expect, it } from '@jest/globals';
import { type BehaviorEvent, CUSTOMER_RISK, DAY, fromIso, type RiskEvent, toIso } from '@holdfast/schemas';
import fc from 'fast-check';

import { eventAt, foldTask, START } from './fold-task.fixture.js';

type Told = Extract<RiskEvent, { type: 'churn.risk.forecast.v1' }>;
const forecasts = (outputs: readonly RiskEvent[]) =>
  outputs.filter((event): event is Told => event.type === 'churn.risk.forecast.v1');
const crossings = (outputs: readonly RiskEvent[]) =>
  outputs.filter((event) => event.type === 'churn.risk.crossed.v1' && event.data.tier.to !== 'lapsed');

describe('forecasts', () => {
  it('tell of each crossing a week and two days ahead, in order of time', () => {
    const { outputs } = foldTask([eventAt(0, 'purchase')], { untilDays: 400 });
    const [medium, high] = crossings(outputs);
    const told = forecasts(outputs);
    const expected = [medium!, high!].flatMap(({ at, data }) =>
      [7, 2].map((leadDays) => ({
        at: Math.max(START, at - leadDays * DAY),
        to: 'tier' in data && data.tier.to,
        leadDays,
        crossing: toIso(at),
      })),
    );
    expect(
      told.map(({ at, data }) => ({ at, to: data.tier.to, leadDays: data.leadDays, crossing: data.crossing!.at })),
    ).toEqual(expected.sort((a, b) => a.at - b.at));
    for (const { expiresAt, data } of told) {
      expect(expiresAt).toBe(fromIso(data.crossing!.at));
      expect(data.supersedes).toBeUndefined();
    }
    expect(outputs.map(({ at }) => at)).toEqual(outputs.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('are superseded by what the customer does before, and withdrawn when nothing is near any more', () => {
    const silent = foldTask([eventAt(0, 'purchase')], { untilDays: 400 }).outputs;
    const first = forecasts(silent)[0]!;
    const day = (first.at - START) / DAY + 0.5;
    // Another visit so soon puts the crossing off by half a day or more.
    const { outputs } = foldTask([eventAt(0, 'purchase'), eventAt(day, 'purchase')]);
    const [told, then] = forecasts(outputs);
    expect(told!.data.forecast).toBe(first.data.forecast);
    expect(then!.at).toBe(START + Math.round(day * DAY));
    expect(then!.data.supersedes).toBe(told!.data.forecast);
    if (then!.data.crossing) expect(then!.data.crossing.at).not.toBe(told!.data.crossing!.at);
  });

  it('law: every one that is published is superseded, withdrawn, or comes true at its instant', () => {
    const types = fc.constantFrom('view', 'cart', 'purchase', 'message-delivered', 'refund');
    const days = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), types), { maxLength: 8 });
    fc.assert(
      fc.property(days, (gaps) => {
        let day = 0;
        const events: BehaviorEvent[] = [eventAt(0, 'purchase')];
        for (const [gap, type] of gaps) events.push(eventAt((day += gap), type as 'view'));
        const { outputs } = foldTask(events, { untilDays: day + 400 });
        const open = new Map<string, Told>();
        for (const event of outputs) {
          if (event.type === 'churn.risk.crossed.v1' || event.type === 'churn.risk.recovered.v1') {
            for (const [name, { data }] of open) {
              if (data.tier.to !== event.data.tier.to) continue;
              // In silence, at its very instant.
              if (event.data.cause === 'silence') expect(toIso(event.at)).toBe(data.crossing!.at);
              open.delete(name);
            }
          }
          if (event.type !== 'churn.risk.forecast.v1') continue;
          const { supersedes, forecast, crossing } = event.data;
          if (supersedes !== undefined) {
            expect(open.has(supersedes)).toBe(true);
            open.delete(supersedes);
          }
          if (crossing) {
            expect(fromIso(crossing.at)).toBeGreaterThan(event.at);
            open.set(forecast, event);
          }
        }
        expect([...open.keys()]).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are written as records their topic can carry', () => {
    for (const event of forecasts(foldTask([eventAt(0, 'purchase'), eventAt(20, 'view')], { untilDays: 400 }).outputs))
      expect(CUSTOMER_RISK.decode(CUSTOMER_RISK.encode(event, { id: 'i', sequence: 1 }))).toEqual(event);
  });
});
