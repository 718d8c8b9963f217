import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR, type Millis, type Origin, type RiskEvent, type Tier } from '@holdfast/schemas';
import fc from 'fast-check';

import { sliceOf } from './budget.js';
import { type Decision } from './decide.js';
import { applyRecord, type LedgerRecord, type Policy } from './fold.js';
import { type Change, emptyLedgerBook } from './ledger-book.js';
import { DEFAULT_RULES } from './rules.js';

const START: Millis = Date.UTC(2026, 0, 1);
const rules = {
  ...DEFAULT_RULES,
  consentByDefault: true,
  holdOutShare: 0.3,
  daily: { costMinor: 2_000, messages: 5 },
};
const policy: Policy = { rules, partition: 1, partitions: 3, codeOf: (id) => `code-of-${id}` };

const crossing = (customer: string, tier: Tier, at: Millis, origin: Origin): RiskEvent => ({
  type: 'churn.risk.crossed.v1', shop: 'main', customer, at, expiresAt: at + 7 * DAY,
  data: {
    origin, tier: { from: 'low', to: tier }, threshold: 0.5, thresholdsVersion: '1', risk: 0.5, cause: 'silence', silenceDays: 30,
    forecast: [], valueAtRiskMinor: 1_000, orders: 2, reasons: [], model: 'test',
  },
}); // prettier-ignore

const happening = fc.record({
  customer: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  hours: fc.nat(90 * 24),
  what: fc.constantFrom('high', 'medium', 'lapsed', 'purchase', 'recovered') as fc.Arbitrary<
    'high' | 'medium' | 'lapsed' | 'purchase' | 'recovered'
  >,
  origin: fc.constantFrom<Origin>('live', 'live', 'replay'),
});

/** A quarter of a year of one partition, in order, with ticks. */
const log = fc.array(happening, { minLength: 1, maxLength: 200 }).map((happenings) => {
  const sorted = [...happenings].sort((a, b) => a.hours - b.hours);
  const records: LedgerRecord[] = [];
  sorted.forEach(({ customer, hours, what, origin }, i) => {
    const at = START + hours * HOUR;
    const value: RiskEvent =
      what === 'purchase'
        ? { type: 'customer.purchased.v1', shop: 'main', customer, at, data: { origin, amountMinor: 100 } }
        : what === 'recovered'
          ? ({ ...crossing(customer, 'low', at, origin), type: 'churn.risk.recovered.v1' } as RiskEvent)
          : crossing(customer, what, at, origin);
    records.push({ kind: 'tick', at }, { kind: 'record', value, id: `e${i}`, at });
  });
  return records;
});

function run(records: readonly LedgerRecord[]): Change[] {
  const book = emptyLedgerBook();
  return records.flatMap((record) => applyRecord(book, record, policy));
}
const assignedIn = (changes: readonly Change[]): { decision: Decision; day: string }[] =>
  changes.filter((change) => change.kind === 'assigned');

describe('whatever a log holds', () => {
  it('no day of any slice is overspent, ghosts included', () => {
    fc.assert(
      fc.property(log, (records) => {
        const spent = new Map<string, { cost: number; messages: number }>();
        for (const { decision, day } of assignedIn(run(records))) {
          const key = `${day} ${decision.isSimulated}`;
          const { cost, messages } = spent.get(key) ?? { cost: 0, messages: 0 };
          spent.set(key, { cost: cost + decision.costMinor, messages: messages + 1 });
        }
        for (const { cost, messages } of spent.values()) {
          expect(cost).toBeLessThanOrEqual(sliceOf(rules.daily.costMinor, 1, 3));
          expect(messages).toBeLessThanOrEqual(sliceOf(rules.daily.messages, 1, 3));
        }
      }),
    );
  });

  it('no customer is decided about more often than the cap allows, in any window', () => {
    fc.assert(
      fc.property(log, (records) => {
        const times = new Map<string, Millis[]>();
        for (const { decision } of assignedIn(run(records))) {
          const key = `${decision.customer} ${decision.isSimulated}`;
          times.set(key, [...(times.get(key) ?? []), decision.at]);
        }
        for (const all of times.values())
          for (const at of all) {
            const within = all.filter((other) => other > at - rules.cap.days * DAY && other <= at);
            expect(within.length).toBeLessThanOrEqual(rules.cap.count);
          }
      }),
    );
  });

  it('arms are sticky, units are single, and every crossing gets one answer', () => {
    fc.assert(
      fc.property(log, (records) => {
        const changes = run(records);
        const arms = new Map<string, string>();
        const units = new Map<string, number>();
        for (const { decision } of assignedIn(changes)) {
          const key = `${decision.customer} ${decision.playbook}`;
          expect(arms.get(key) ?? decision.arm).toBe(decision.arm);
          arms.set(key, decision.arm);
          const unit = `${key} ${decision.isSimulated}`;
          units.set(unit, (units.get(unit) ?? 0) + (decision.isUnit ? 1 : 0));
        }
        for (const count of units.values()) expect(count).toBe(1);
        const calls = records.filter(
          (r) => r.kind === 'record' && r.value.type === 'churn.risk.crossed.v1' && r.value.data.tier.to !== 'lapsed',
        );
        expect(changes.filter(({ kind }) => kind === 'assigned' || kind === 'skipped')).toHaveLength(calls.length);
      }),
    );
  });

  it('records that come again change nothing', () => {
    fc.assert(
      fc.property(log, (records) => {
        const book = emptyLedgerBook();
        const first = records.flatMap((record) => applyRecord(book, record, policy));
        const again = records.flatMap((record) => applyRecord(book, record, policy));
        expect(again).toEqual([]);
        expect(first).toEqual(run(records));
      }),
    );
  });

  it('every decision is settled once, when its window has closed', () => {
    fc.assert(
      fc.property(log, (records) => {
        const end: LedgerRecord = { kind: 'tick', at: START + 365 * DAY };
        const changes = run([...records, end]);
        const settled = changes.filter((change) => change.kind === 'settled').map(({ decision }) => decision.id);
        expect(settled.sort()).toEqual(
          assignedIn(changes)
            .map(({ decision }) => decision.id)
            .sort(),
        );
      }),
    );
  });
});

describe('a crossing by silence', () => {
  const told = (value: RiskEvent, id: string): LedgerRecord => ({ kind: 'record', value, id, at: value.at });
  const crossed = crossing('a', 'high', START + 12 * HOUR, 'live') as Extract<
    RiskEvent,
    { type: 'churn.risk.crossed.v1' }
  >;
  const byEvent: RiskEvent = { ...crossed, customer: 'b', data: { ...crossed.data, cause: 'event' } };

  it('leads to nothing that leaves before it could have been taken back', () => {
    const [silent, acted] = assignedIn(run([told(crossed, 'e1'), told(byEvent, 'e2')]));
    expect(silent!.decision.sendAt - crossed.at).toBe(rules.silenceHoldSeconds * 1_000);
    expect(acted!.decision.sendAt).toBe(byEvent.at);
  });

  it('that is taken back closes what was decided because of it, however short decisions stay open, and nothing else', () => {
    const at = crossed.at + 200_000;
    const corrects = new Date(crossed.at).toISOString();
    const { data } = crossed;
    const correction: RiskEvent = {
      ...crossed,
      type: 'churn.risk.corrected.v1',
      at,
      data: { ...data, tier: { from: 'high', to: 'low' }, corrects },
    };
    const earlier = crossing('a', 'medium', crossed.at - 10 * DAY, 'live');
    const book = emptyLedgerBook();
    const short: Policy = { ...policy, rules: { ...rules, restDays: 0 } };
    const changes = [told(earlier, 'e0'), told(crossed, 'e1'), told(byEvent, 'e2'), told(correction, 'e3')].flatMap(
      (record) => applyRecord(book, record, short),
    );
    expect(assignedIn(changes)).toHaveLength(3);
    const closed = changes.filter((change) => change.kind === 'closed');
    expect(closed).toEqual([
      { kind: 'closed', shop: 'main', customer: 'a', decisionId: expect.stringMatching(/^e1-/), at },
    ]);
  });
});
