import { describe, expect, it } from '@jest/globals';
import { applyEvent } from '@holdfast/features';
import { type BehaviorEvent, CUSTOMER_RISK, DAY, fromIso, type RiskEvent, toIso } from '@holdfast/schemas';
import fc from 'fast-check';

import { anyArtifact, eventAt, foldTask, MODEL, modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

type Told = Extract<RiskEvent, { type: 'churn.risk.forecast.v1' }>;
const forecasts = (outputs: readonly RiskEvent[]) =>
  outputs.filter((event): event is Told => event.type === 'churn.risk.forecast.v1');
const crossings = (outputs: readonly RiskEvent[]) =>
  outputs.filter((event) => event.type === 'churn.risk.crossed.v1' && event.data.tier.to !== 'lapsed');

/** The forecasts that are neither superseded nor come true at their instants; throws where one supersedes what was not told. */
function leftOpen(outputs: readonly RiskEvent[]): string[] {
  const open = new Map<string, Told>();
  for (const event of outputs) {
    if (event.type === 'churn.risk.crossed.v1' || event.type === 'churn.risk.recovered.v1') {
      for (const [name, { data }] of open) {
        // By an event it comes at another instant, and is superseded.
        if (data.tier.to !== event.data.tier.to || event.data.cause !== 'silence') continue;
        expect(toIso(event.at)).toBe(data.crossing!.at);
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
  return [...open.keys()];
}

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
        expect(leftOpen(outputs)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are superseded by history that is imported after they were told', () => {
    const told = foldTask([eventAt(0, 'purchase')], { untilDays: 400 }).outputs;
    const day = (forecasts(told)[0]!.at - START) / DAY + 0.5;
    for (const type of ['purchase', 'view'] as const) {
      const late = eventAt(-200, type, { receivedAt: START + Math.round(day * DAY), origin: 'import' });
      const { outputs } = foldTask([eventAt(0, 'purchase'), late], { untilDays: 400 });
      expect(leftOpen(outputs)).toEqual([]);
      const names = forecasts(outputs).flatMap(({ data }) => (data.crossing ? [data.forecast] : []));
      expect(new Set(names).size).toBe(names.length);
      expect(forecasts(outputs).map(({ at }) => at)).toEqual(
        forecasts(outputs)
          .map(({ at }) => at)
          .toSorted((a, b) => a - b),
      );
    }
  });

  it('supersede nothing that was not told: a customer whom the program before did not tell of', () => {
    const task = createScoringTask(modelsOf({ [MODEL]: anyArtifact() }));
    const before = foldTask([eventAt(0, 'purchase')]).state!;
    const first = forecasts(foldTask([eventAt(0, 'purchase')], { untilDays: 400 }).outputs)[0]!;
    const { record } = applyEvent(
      applyEvent(undefined, eventAt(0, 'purchase')).state,
      eventAt((first.at - START) / DAY + 0.5, 'view'),
    );
    const step = task.step({ ...before, toldUntil: 0 }, record, record.at, { model: MODEL });
    expect(forecasts(step.outputs).every(({ data }) => data.supersedes === undefined)).toBe(true);
  });

  it('are written as records their topic can carry', () => {
    for (const event of forecasts(foldTask([eventAt(0, 'purchase'), eventAt(20, 'view')], { untilDays: 400 }).outputs))
      expect(CUSTOMER_RISK.decode(CUSTOMER_RISK.encode(event, { id: 'i', sequence: 1 }))).toEqual(event);
  });
});
