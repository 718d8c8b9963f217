// What customers did is heard of late: crossings that it makes untrue are taken back, and in the end they stand as if it had been told in time.
import { describe, expect, it } from '@jest/globals';
import {
  type BehaviorEvent,
  DAY,
  HOUR,
  isActivity,
  type Millis,
  type RiskEvent,
  TIERS,
  toIso,
} from '@holdfast/schemas';
import fc from 'fast-check';

import { eventAt, foldTask, START } from './fold-task.fixture.js';

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
    expect(correction!.data.tier).toEqual({ from: first.data.tier.to, to: TIERS[outputs.state!.tier] });
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
          changes.flatMap(({ at, data }) =>
            data.corrects ? [[`${data.corrects} ${data.tier.from}`, at] as const] : [],
          ),
        );
        const acts = events.filter(({ type }) => isActivity(type)).map(({ occurredAt }) => occurredAt);
        for (const { at, type, data } of changes) {
          if (type !== 'churn.risk.crossed.v1' || data.cause !== 'silence') continue;
          const back = takenBackAt.get(`${toIso(at)} ${data.tier.to}`);
          const until = Math.min(...acts.filter((act) => act > at), back === undefined ? Infinity : back + 1);
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
