import { describe, expect, it } from '@jest/globals';
import { type BehaviorEvent, DAY, EVENT_TYPES, type FeatureRecord, HOUR, MINUTE } from '@holdfast/schemas';
import fc from 'fast-check';

import { applyEvent } from './apply-event.js';
import { COUNTER, COUNTERS, countersAt } from './counters.js';
import { type CustomerFeatures } from './customer-features.js';
import { customerFeaturesCodec } from './customer-features-codec.js';
import { eventAt, purchaseAt, START } from './event-builders.js';
import { FEATURE_SET_HASH } from './feature-set.js';
import { type Scale } from './scale.js';
import { categoryOf, encodeStep, STEP, STEP_INPUTS, STEP_SIZE } from './step-inputs.js';
import { WIDE, WIDE_SIZE, wideAt, wideMoving } from './wide.js';

const scale: Scale = { horizonDays: 90, medianOrderMinor: 3000 };

function fold(events: readonly BehaviorEvent[]): { state: CustomerFeatures; records: FeatureRecord[] } {
  let state: CustomerFeatures | undefined;
  const records = events.map((event) => {
    const step = applyEvent(state, event);
    state = step.state;
    return step.record;
  });
  return { state: state!, records };
}

const anyEvent = fc.record({
  days: fc.double({ min: 0, max: 900, noNaN: true }),
  lateDays: fc.oneof(fc.constant(0), fc.double({ min: -5, max: 400, noNaN: true })),
  type: fc.constantFrom(...EVENT_TYPES),
  amountMinor: fc.option(fc.integer({ min: -1e9, max: 1e15 }), { nil: undefined }),
  quantity: fc.option(fc.double({ min: 0, max: 1e300, noNaN: true }), { nil: undefined }),
  rate: fc.option(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), { nil: undefined }),
  category: fc.option(fc.string(), { nil: undefined }),
});
const anyHistory = fc.array(anyEvent, { minLength: 1, maxLength: 40 }).map((drafts) =>
  drafts.map(({ days, lateDays, type, ...more }) => {
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
    return eventAt(days, type, { ...given, occurredAt: START + Math.round((days - lateDays) * DAY) });
  }),
);

describe('what is known after each event', () => {
  it('counts orders, spend and the gaps between purchases', () => {
    const { records } = fold([purchaseAt(0, 1000), purchaseAt(10, 3000), purchaseAt(40, 2000)]);
    const { w, profile } = records[2]!;
    expect(profile).toEqual({ events: 3, sessions: 3, orders: 3, spendMinor: 6000 });
    expect(w[COUNTER.gapMeanDays]).toBe(20);
    expect(w[COUNTER.gapDeviationDays]).toBe(10);
    expect(w[COUNTER.gapMaxDays]).toBe(30);
    expect(w[COUNTER.gapEwmaDays]).toBe(18);
    expect(w[COUNTER.gapLastDays]).toBe(30);
    expect(w[COUNTERS.indexOf('purchases/10')]).toBeCloseTo(1 + 2 ** -3 + 2 ** -4, 4);
  });

  it('takes amounts in base currency and lines when an order names no amount', () => {
    const { records } = fold([
      purchaseAt(0, 1000, { currency: 'EUR', rate: 0.5 }),
      eventAt(1, 'purchase', { lines: [{ sku: 'a', quantity: 3, amountMinor: 700 }, { sku: 'b', quantity: 1, amountMinor: 50 }] }),
    ]); // prettier-ignore
    expect(records[0]!.amountMinor).toBe(500);
    expect(records[1]!.amountMinor).toBe(750);
    expect(records[1]!.x![STEP.quantity]).toBe(2);
  });

  it('subtracts refunds from the spend it shows', () => {
    const { records } = fold([purchaseAt(0, 1000), eventAt(1, 'refund', { amountMinor: 400 })]);
    expect(records[1]!.profile.spendMinor).toBe(600);
    expect(records[1]!.w[COUNTER.refunds]).toBe(1);
  });

  it('starts a session after half an hour of silence, and only activity ends silence', () => {
    const minutes = (n: number) => (n * MINUTE) / DAY;
    const { records } = fold([
      eventAt(0, 'view'),
      eventAt(minutes(29), 'cart'),
      eventAt(minutes(50), 'message-delivered'),
      eventAt(minutes(61), 'view'),
    ]);
    expect(records.map((r) => r.x![STEP.newSession])).toEqual([1, 0, 0, 1]);
    expect(records.map((r) => r.profile.sessions)).toEqual([1, 1, 1, 2]);
    expect(records.map((r) => r.kind)).toEqual(['activity', 'activity', 'notice', 'activity']);
    expect(records[2]!.lastActivityAt).toBe(START + 29 * MINUTE);
    expect(records[2]!.w[COUNTER.silenceDays]).toBeCloseTo(minutes(21), 5);
    expect(records[3]!.x![STEP.gapHours]).toBeCloseTo(32 / 60, 4);
  });

  it('makes one step of five views of a session', () => {
    const { records } = fold(Array.from({ length: 12 }, (_, i) => eventAt((i * MINUTE) / DAY, 'view')));
    expect(records.map((r) => r.x !== null)).toEqual(Array.from({ length: 12 }, (_, i) => i % 5 === 0));
  });

  it('counts carts that came to nothing', () => {
    const { records } = fold([eventAt(0, 'cart'), eventAt(3, 'cart'), purchaseAt(3.001), eventAt(9, 'cart')]);
    expect(records[3]!.w[COUNTER.cartEpisodes]).toBe(3);
    expect(records[3]!.w[COUNTER.cartsBought]).toBe(1);
  });

  it('counts a late event without a negative gap and without going back in time', () => {
    const late = purchaseAt(5, 1000, { receivedAt: START + 21 * DAY });
    const { records } = fold([purchaseAt(0), purchaseAt(20), late]);
    const record = records[2]!;
    expect(record.late).toBe(true);
    expect(record.lastPurchaseAt).toBe(START + 20 * DAY);
    expect(record.x![STEP.gapHours]).toBe(0);
    expect(record.w[COUNTER.orders]).toBe(3);
    expect(record.w[COUNTER.gapMeanDays]).toBe(10);
    expect(record.w[COUNTER.gapMaxDays]).toBe(20);
    expect(record.w[COUNTERS.indexOf('purchases/10')]).toBeCloseTo(2 ** -2.1 + 2 ** -0.1 + 2 ** -1.6, 4);
  });

  it('clamps event times in the future', () => {
    const { records } = fold([purchaseAt(3, 1000, { receivedAt: START })]);
    expect(records[0]!.occurredAt).toBe(START);
  });

  it('keeps what dispatch needs of the event', () => {
    const event = eventAt(0, 'consent-changed', {
      consent: { channel: 'email', granted: false }, email: 'a@example.org', decisionId: 'd', coupon: 'C', importedAt: START,
    }); // prettier-ignore
    expect(applyEvent(undefined, event).record).toMatchObject({
      consent: { channel: 'email', granted: false }, email: 'a@example.org', decisionId: 'd', coupon: 'C', importedAt: START, x: null,
    }); // prettier-ignore
  });

  it('law: whatever comes, every number is finite, and vectors have their size', () => {
    const out = new Float32Array(Math.max(STEP_SIZE, WIDE_SIZE));
    fc.assert(
      fc.property(anyHistory, fc.double({ min: 0, max: 2000, noNaN: true }), (events, days) => {
        for (const record of fold(events).records) {
          expect(record.w).toHaveLength(COUNTERS.length);
          expect(record.w.every((value) => Number.isFinite(value) && value >= -1)).toBe(true);
          wideAt(record.w, days, scale, out);
          expect(out.every(Number.isFinite)).toBe(true);
          if (record.x === null) continue;
          expect(record.x).toHaveLength(STEP_INPUTS.length);
          expect(record.x.every(Number.isFinite)).toBe(true);
          expect(record.x[STEP.gapHours]).toBeGreaterThanOrEqual(0);
          encodeStep(record.x, scale, out);
          expect(out.every(Number.isFinite)).toBe(true);
          expect(categoryOf(record.x)).toBeLessThan(64);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('law: later events change no earlier record', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(), (events, cut) => {
        const kept = 1 + (cut % events.length);
        expect(fold(events.slice(0, kept)).records).toEqual(fold(events).records.slice(0, kept));
      }),
    );
  });

  it('law: a state is the same after it was stored, and stays under 1 KB', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const { state } = fold(events);
        const bytes = customerFeaturesCodec.encode(state);
        expect(bytes.length).toBeLessThanOrEqual(1024);
        expect(customerFeaturesCodec.decode(bytes)).toEqual(state);
      }),
    );
  });

  it('refuses a torn row', () => {
    const bytes = customerFeaturesCodec.encode(fold([purchaseAt(0)]).state);
    expect(() => customerFeaturesCodec.decode(bytes.subarray(0, bytes.length - 3))).toThrow(
      /customer features: \d+ bytes/,
    );
    expect(() => customerFeaturesCodec.decode(new Uint8Array(2))).toThrow(RangeError);
  });

  it('stores a customer of a purchase-only shop in under 500 bytes', () => {
    const { state } = fold([purchaseAt(0), purchaseAt(10), purchaseAt(30), purchaseAt(300)]);
    expect(customerFeaturesCodec.encode(state).length).toBeLessThan(500);
  });
});

describe('features through silence', () => {
  const history = anyHistory.filter((events) => events.some((event) => event.type === 'purchase'));

  it('law: the closed form equals recomputing after s days of silence', () => {
    const closed = new Float32Array(WIDE_SIZE);
    const again = new Float32Array(WIDE_SIZE);
    const horizons = fc.constantFrom(2, 14, 30, 60, 90, 180);
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 400 * 24 }), horizons, (events, hours, horizonDays) => {
        const { state, records } = fold(events);
        const own = { horizonDays, medianOrderMinor: 2500 };
        wideAt(records.at(-1)!.w, hours / 24, own, closed);
        wideAt(countersAt(state, Math.max(records.at(-1)!.at, state.asOf) + hours * HOUR), 0, own, again);
        for (let i = 0; i < WIDE_SIZE; i++) expect(Math.abs(closed[i]! - again[i]!)).toBeLessThan(2e-3);
      }),
      { numRuns: 200 },
    );
  });

  it('moves only what silence changes', () => {
    const { records } = fold([purchaseAt(0), eventAt(3, 'view'), purchaseAt(20)]);
    const moved = new Float32Array(WIDE_SIZE + 2);
    const whole = new Float32Array(WIDE_SIZE + 2);
    wideAt(records[2]!.w, 0, scale, moved, 2);
    wideMoving(records[2]!.w, 50, scale, moved, 2);
    wideAt(records[2]!.w, 50, scale, whole, 2);
    expect(moved).toEqual(whole);
    expect(WIDE).toHaveLength(WIDE_SIZE);
  });

  it('looks back from a notice to the last activity', () => {
    const { records } = fold([purchaseAt(0), purchaseAt(20), eventAt(30, 'message-delivered')]);
    const before = new Float32Array(WIDE_SIZE);
    const back = new Float32Array(WIDE_SIZE);
    wideAt(records[1]!.w, 0, scale, before);
    wideAt(records[2]!.w, -10, scale, back);
    for (let i = 0; i < WIDE_SIZE; i++) expect(back[i]).toBeCloseTo(before[i]!, 3);
  });

  it('measures in the units of the release: the same life at a third of the pace looks the same', () => {
    const slow = new Float32Array(WIDE_SIZE);
    const fast = new Float32Array(WIDE_SIZE);
    wideAt(fold([purchaseAt(0, 3000), purchaseAt(30, 6000)]).records[1]!.w, 60, scale, slow);
    wideAt(
      fold([purchaseAt(0, 300), purchaseAt(10, 600)]).records[1]!.w,
      20,
      { horizonDays: 30, medianOrderMinor: 300 },
      fast,
    );
    for (let i = 0; i < WIDE_SIZE; i++) expect(fast[i]).toBeCloseTo(slow[i]!, 4);
  });

  it('names its feature set', () => {
    expect(FEATURE_SET_HASH).toMatch(/^[0-9a-f]{16}$/);
  });
});
