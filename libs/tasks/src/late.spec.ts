// What customers did is heard of late: crossings that it makes untrue are taken back, and in the end they stand as if it had been told in time.
import { describe, expect, it } from '@jest/globals';
import { type BehaviorEvent, DAY, HOUR, type Millis, type RiskEvent, TIERS, toIso } from '@holdfast/schemas';
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
    expect(sentenceOf(told.at(-1)!)).toBe(`corrected ${first.data.tier.to}→${first.data.tier.from} ${toIso(first.at)}`);
    expect(told.filter(({ type }) => type.endsWith('corrected.v1'))).toHaveLength(1);
  });
});

/** Activities of some weeks, each heard of within six days. */
const anyLife = fc
  .array(
    fc.record({
      day: fc.integer({ min: 0, max: 90 * 24 }).map((hours) => hours / 24),
      type: fc.constantFrom('view' as const, 'purchase' as const, 'cart' as const, 'refund' as const),
      delayHours: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 * 24 })),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((drafts) =>
    [
      eventAt(0, 'purchase'),
      ...drafts.map(({ day, type, delayHours }, i) => ({
        ...eventAt(day + 1, type, { messageId: `m-${i}` }),
        receivedAt: START + (day + 1) * DAY + delayHours * HOUR,
      })),
    ].map((event) => ({
      ...event,
      receivedAt: Math.round(event.receivedAt),
      occurredAt: Math.min(event.occurredAt, Math.round(event.receivedAt)),
    })),
  );

const byReceipt = (events: readonly BehaviorEvent[]) => [...events].sort((a, b) => a.receivedAt - b.receivedAt);
const inTime = (events: readonly BehaviorEvent[]) =>
  byReceipt(events.map((event) => ({ ...event, receivedAt: event.occurredAt })));

describe('law: when all has been heard', () => {
  const UNTIL = 150;

  it('the customer is where they would be', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        const [late, prompt] = [byReceipt(events), inTime(events)].map((order) =>
          foldTask([...order, eventAt(120, 'purchase')]),
        );
        const [a, b] = [late!.state!, prompt!.state!];
        expect(a.lastActivityAt).toBe(b.lastActivityAt);
        expect([...a.counters]).toEqual([...b.counters]);
        a.curve.forEach((logit, i) => expect(logit).toBeCloseTo(b.curve[i]!, 4));
      }),
    );
  });

  it('a crossing by silence has been taken back if and only if that silence did not lead to it', () => {
    let [kept, takenBack] = [0, 0];
    fc.assert(
      fc.property(anyLife, (events) => {
        const late = foldTask(byReceipt(events), { untilDays: UNTIL, restart: true });
        const prompt = foldTask(inTime(events), { untilDays: UNTIL });
        const changes = changesIn(late.outputs);
        const takenBackAt = new Map(
          changes.flatMap(({ at, data }) =>
            data.corrects ? [[`${data.corrects} ${data.tier.from}`, at] as const] : [],
          ),
        );
        const wouldBe = changesIn(prompt.outputs).filter(({ data }) => data.cause === 'silence');
        const times = events.map(({ occurredAt }) => occurredAt).sort((x, y) => x - y);
        for (const { at, type, data } of changes) {
          if (type !== 'churn.risk.crossed.v1' || data.cause !== 'silence') continue;
          const end = times.find((time) => time > at) ?? Infinity;
          const rank = TIERS.indexOf(data.tier.to);
          const since = times.findLast((time) => time <= at)!;
          const reached = highestIn(prompt, { from: since, until: end });
          const back = takenBackAt.get(`${toIso(at)} ${data.tier.to}`);
          if (back === undefined) {
            kept++;
            expect(reached).toBeGreaterThanOrEqual(rank);
          } else {
            takenBack++;
            const inVain = wouldBe.filter(
              (one) => one.at >= since && one.at < Math.min(end, back) && TIERS.indexOf(one.data.tier.to) >= rank,
            );
            expect(inVain).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(50);
    expect(takenBack).toBeGreaterThan(50);
  });
});

/** The worst tier of a stretch. */
function highestIn({ tiers }: ReturnType<typeof foldTask>, { from, until }: { from: Millis; until: Millis }): number {
  return Math.max(...tiers.filter(({ at }) => at >= from && at < until).map(({ tier }) => tier));
}
