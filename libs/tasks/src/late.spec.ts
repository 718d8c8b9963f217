// What customers did is heard of late: crossings that it makes untrue are taken back, and in the end they stand as if it had been told in time.
import { describe, expect, it } from '@jest/globals';
import { type OrderedFeatures, stepsOf, takeEvent } from '@holdfast/features';
import {
  type BehaviorEvent,
  DAY,
  HOUR,
  isActivity,
  type Millis,
  MINUTE,
  type RiskEvent,
  TIERS,
  toIso,
} from '@holdfast/schemas';
import fc from 'fast-check';

import { anyArtifact, eventAt, foldTask, MODEL, modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

type Change = Extract<
  RiskEvent,
  { type: 'churn.risk.crossed.v1' | 'churn.risk.recovered.v1' | 'churn.risk.corrected.v1' }
>;
const changesIn = (outputs: readonly RiskEvent[]) =>
  outputs.filter(({ type }) => /crossed|recovered|corrected/.test(type)) as Change[];
/** Like `crossed low→medium`, and of a correction what it takes back. */
const sentenceOf = ({ type, data: { tier, corrects } }: Change) =>
  [type.split('.')[2], `${tier.from}→${tier.to}`, ...(corrects ? [corrects] : [])].join(' ');

const heardOn = (day: number, event: BehaviorEvent): BehaviorEvent => ({ ...event, receivedAt: START + day * DAY });

const bought = [eventAt(0, 'purchase')];
const alone = changesIn(foldTask(bought, { untilDays: 200 }).outputs);
const first = alone.find(({ data }) => data.cause === 'silence')!;
const crossingDay = (first.at - START) / DAY;

describe('news that comes late', () => {
  it('takes back the crossing of a silence that had ended before it', () => {
    const visit = heardOn(crossingDay + 0.5, eventAt(crossingDay - 0.5, 'view'));
    const told = changesIn(foldTask([...bought, visit]).outputs);
    expect(told.slice(-2).map(sentenceOf)).toEqual([
      sentenceOf(first),
      `corrected ${first.data.tier.to}→${first.data.tier.from} ${toIso(first.at)}`,
    ]);
    expect(told.at(-1)!.at).toBe(visit.receivedAt);
  });

  it('takes nothing back when it is of later', () => {
    const visit = heardOn(crossingDay + 0.5, eventAt(crossingDay + 0.25, 'view'));
    const told = changesIn(foldTask([...bought, visit]).outputs);
    expect(told.map(({ type }) => type)).not.toContain('churn.risk.corrected.v1');
  });

  it('takes nothing back when the silence since then has led to the same', () => {
    const visit = heardOn(crossingDay + 6, eventAt(0.01, 'view'));
    const told = changesIn(foldTask([...bought, visit]).outputs);
    expect(told.map(({ type }) => type)).not.toContain('churn.risk.corrected.v1');
  });

  it('takes a crossing back that the customer has come back from since', () => {
    const back = eventAt(crossingDay + 1, 'purchase');
    const visit = heardOn(crossingDay + 2, eventAt(crossingDay - 0.5, 'view'));
    const outputs = foldTask([...bought, back, visit]).outputs;
    const told = changesIn(outputs);
    expect(told.at(-1)!.data.corrects).toBe(toIso(first.at));
    expect(told.filter(({ type }) => type.endsWith('corrected.v1'))).toHaveLength(1);
  });
});

describe('a tier', () => {
  it('falls by what was done in between, as it would have in time, and is not said to have recovered', () => {
    const [artifact, hysteresis] = [anyArtifact(3), 0.4];
    const models = modelsOf({ [MODEL]: { ...artifact, hysteresis } });
    const alone = changesIn(foldTask(bought, { untilDays: 200, models }).outputs);
    const day = (alone.find(({ data }) => data.cause === 'silence')!.at - START) / DAY;
    const [early, later] = [eventAt(day - 0.5, 'cart'), eventAt(day + 1, 'cart')];
    const inTime = foldTask([...bought, early, later], { models });
    const { state, outputs } = foldTask([...bought, later, heardOn(day + 2, early)], { models });
    expect(TIERS[inTime.state!.tier]).toBe('low');
    expect(TIERS[state!.tier]).toBe('low');
    expect(
      changesIn(outputs)
        .map(({ type, data }) => `${type} ${data.tier.from}→${data.tier.to}`)
        .slice(-2),
    ).toEqual(['churn.risk.crossed.v1 low→medium', 'churn.risk.corrected.v1 medium→low']);
  });

  it('is not reached by silence while what they use is out', () => {
    const out = { lastAt: START + (crossingDay - 0.2) * DAY, arrivals: 1e6, outages: [] };
    const shared = { model: MODEL, sources: { 'main/': out } };
    const notices = [
      eventAt(crossingDay + 0.1, 'identified'),
      heardOn(crossingDay + 0.15, eventAt(crossingDay - 0.9, 'identified', { messageId: 'late' })),
    ];
    const { outputs, state } = foldTask([...bought, ...notices], { shared });
    expect(outputs.map(({ type }) => type)).toContain('churn.risk.suppressed.v1');
    expect(changesIn(outputs)).toEqual([]);
    expect(state!.tier).toBe(0);
  });

  it('does not change because another release has taken over since', () => {
    const [one, other] = [anyArtifact(1), 'cd'.repeat(32)];
    const models = modelsOf({ [MODEL]: one, [other]: { ...one, thresholds: { medium: 0.9, high: 0.95 } } });
    const shared = (event: number) => ({ model: event < 1 ? MODEL : other });
    const late = heardOn(crossingDay + 1, eventAt(crossingDay - 0.4, 'identified', { messageId: 'late' }));
    const { outputs } = foldTask([...bought, eventAt(crossingDay - 0.2, 'identified'), late], {
      models,
      shared: (n) => shared(n - 1),
    });
    expect(changesIn(outputs).map(({ type }) => type)).not.toContain('churn.risk.corrected.v1');
  });
});

describe('a record that is sent back from the dead letters', () => {
  it('is no second step where a late event has told of it again', () => {
    const task = createScoringTask(modelsOf({ [MODEL]: anyArtifact() }));
    let features: OrderedFeatures | undefined;
    const recordOf = (event: BehaviorEvent) => {
      const taken = takeEvent(features, event);
      features = taken.state;
      return taken.record;
    };
    const [known, dead, late] = [eventAt(0, 'purchase'), eventAt(1, 'cart'), heardOn(1.2, eventAt(0.9, 'view'))].map(
      recordOf,
    );
    const shared = { model: MODEL };
    const before = task.step(undefined, known!, known!.at, shared).state!;
    const after = task.step(before, late!, late!.at, shared).state!;
    expect([...stepsOf(after.steps)]).toHaveLength(3);
    expect(task.stepLate!(after, dead!, late!.at, shared).state!.steps).toEqual(after.steps);
  });
});

describe('what late news does not do', () => {
  const takenBack = (events: readonly BehaviorEvent[]) =>
    changesIn(foldTask(events).outputs).filter(({ type }) => type === 'churn.risk.corrected.v1');
  const back = eventAt(crossingDay + 1, 'purchase');

  it('takes nothing back that is too old to be judged', () => {
    const visits = Array.from({ length: 40 }, (_, i) =>
      eventAt(crossingDay + 2 + i * 4, 'view', { messageId: `v-${i}` }),
    );
    const end = crossingDay + 2 + 39 * 4 + 1;
    expect(takenBack([...bought, back, ...visits, heardOn(end, eventAt(-3, 'view'))])).toEqual([]);
    expect(takenBack([...bought, back, heardOn(crossingDay + 9, eventAt(crossingDay - 0.5, 'view'))])).toEqual([]);
  });

  it('takes a crossing for untrue because of what was done to the customer in that silence', () => {
    const message = eventAt(crossingDay + 0.05, 'message-delivered');
    const visit = (day: number) => heardOn(crossingDay + 1, eventAt(day, 'view', { messageId: 'visit' }));
    expect(takenBack([...bought, message, visit(0.06)])).toEqual([]);
    expect(takenBack([...bought, message, visit(crossingDay - 0.5)])).toHaveLength(1);
  });

  it('moves who has come back since: a correction says the tier they are in', () => {
    const outputs = foldTask([...bought, back, heardOn(crossingDay + 2, eventAt(crossingDay - 0.5, 'view'))]);
    const [correction] = changesIn(outputs.outputs).slice(-1);
    expect(correction!.data.corrects).toBe(toIso(first.at));
    const tier = TIERS[outputs.state!.tier];
    expect(correction!.data.tier).toEqual({ from: tier, to: tier });
  });
});

/** Some weeks of a customer, each thing heard of within six days. */
const anyLife = fc
  .array(
    fc.record({
      hour: fc.integer({ min: 0, max: 60 * 24 }),
      type: fc.constantFrom(
        'view' as const,
        'purchase' as const,
        'cart' as const,
        'refund' as const,
        'message-delivered' as const,
      ),
      delayHours: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 * 24 })),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((drafts) => [
    eventAt(0, 'purchase'),
    ...drafts.map(({ hour, type, delayHours }, i) => {
      const event = eventAt(1 + hour / 24, type, { messageId: `m-${i}` });
      return { ...event, receivedAt: event.occurredAt + delayHours * HOUR };
    }),
  ]);

const byReceipt = (events: readonly BehaviorEvent[]) => [...events].sort((a, b) => a.receivedAt - b.receivedAt);
const inTime = (events: readonly BehaviorEvent[]) =>
  byReceipt(events.map((event) => ({ ...event, receivedAt: event.occurredAt })));

describe('law: when all has been heard', () => {
  const untilDays = 80;
  const both = (events: readonly BehaviorEvent[]) =>
    [byReceipt(events), inTime(events)].map((order) => foldTask(order, { untilDays, restart: true })) as [Life, Life];

  it('the customer is where they would be', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        const [{ state: late }, { state: prompt }] = both(events);
        expect(late!.lastActivityAt).toBe(prompt!.lastActivityAt);
        expect(late!.tier).toBe(prompt!.tier);
        expect(late!.tiers.at(-1)!.tier).toBe(late!.tier);
        late!.curve.forEach((logit, i) => expect(logit).toBeCloseTo(prompt!.curve[i]!, 4));
      }),
      { numRuns: 300 },
    );
  });

  it('a crossing by silence has been taken back if and only if that silence had not led to it by then', () => {
    let [kept, takenBack] = [0, 0];
    fc.assert(
      fc.property(anyLife, (events) => {
        const [late, prompt] = both(events);
        const changes = changesIn(late.outputs);
        const takenBackAt = new Map(
          changes.flatMap(({ at, data }) => (data.corrects ? [[data.corrects, at] as const] : [])),
        );
        const heardUntil = Math.max(...events.map(({ receivedAt }) => receivedAt));
        const acts = events.filter(({ type }) => isActivity(type)).map(({ occurredAt }) => occurredAt);
        for (const { at, type, data } of changes) {
          if (type !== 'churn.risk.crossed.v1' || data.cause !== 'silence') continue;
          const back = takenBackAt.get(toIso(at));
          const until = Math.min(
            ...acts.filter((act) => act > at),
            (back ?? Math.max(heardUntil, at) + 10 * MINUTE) + 1,
          );
          const worst = worstIn(prompt, { from: Math.max(...acts.filter((act) => act <= at)), until });
          if (back === undefined) kept++;
          else takenBack++;
          expect(worst >= TIERS.indexOf(data.tier.to)).toBe(back === undefined);
        }
      }),
      { numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(50);
    expect(takenBack).toBeGreaterThan(50);
  });
});

type Life = ReturnType<typeof foldTask>;

/** The worst tier of a stretch. */
const worstIn = ({ tiers }: Life, { from, until }: { readonly from: Millis; readonly until: Millis }): number =>
  Math.max(...tiers.filter(({ at }) => at >= from && at < until).map(({ tier }) => tier));
