import { describe, expect, it } from '@jest/globals';
import { type BehaviorEvent, DAY, EVENT_TYPES, type FeatureRecord, HOUR, MINUTE } from '@holdfast/schemas';
import fc from 'fast-check';

import { applyEvent } from './apply-event.js';
import { COUNTER } from './counters.js';
import { type CustomerFeatures } from './customer-features.js';
import { eventAt, purchaseAt, START } from './event-builders.js';
import { KEPT_FOR, MOST_KEPT_BYTES, type OrderedFeatures, takeEvent } from './ordered-features.js';
import { orderedFeaturesCodec } from './ordered-features-codec.js';
import { unpackOccurrences } from './packed-occurrences.js';
import { STEP } from './step-inputs.js';

function take(
  events: readonly BehaviorEvent[],
  from?: OrderedFeatures,
): { state: OrderedFeatures; records: FeatureRecord[] } {
  let state = from;
  const records = events.map((event) => {
    const taken = takeEvent(state, event);
    state = taken.state;
    return taken.record;
  });
  return { state: state!, records };
}

/** Heard of after `delay` milliseconds. */
const heardAfter = (delay: number, event: BehaviorEvent): BehaviorEvent => ({
  ...event,
  receivedAt: event.occurredAt + delay,
});

/** Few hours and few ids, so that many happen at once. */
const anyVisit = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 0, max: 150 }),
      type: fc.constantFrom(...EVENT_TYPES),
      amountMinor: fc.integer({ min: 0, max: 100_000 }),
      id: fc.integer({ min: 0, max: 99 }),
    }),
    { minLength: 2, maxLength: 20 },
  )
  .map((drafts) =>
    drafts.map(({ hours, type, amountMinor, id }, i) =>
      eventAt(hours / 24, type, { amountMinor, messageId: `${id}-${i}` }),
    ),
  );

/** An order to be heard of: all within the days that are kept. */
const shuffled = (events: readonly BehaviorEvent[]) =>
  fc
    .shuffledSubarray([...events], { minLength: events.length })
    .map((order) => order.map((event, i) => ({ ...event, receivedAt: START + 151 * HOUR + i * MINUTE })));
const lastKnown = START + 152 * HOUR;
const anyOrder = anyVisit.chain((events) => shuffled(events));

/** The events in the order in which they are kept. */
const inTurnOf = ({ recent }: OrderedFeatures, events: readonly BehaviorEvent[]): BehaviorEvent[] =>
  unpackOccurrences(recent).map(({ id }) => events.find(({ messageId }) => messageId === id)!);

describe('events in the order in which they happened', () => {
  it('law: any order of the same events ends in the same state', () => {
    const history = [purchaseAt(-200), purchaseAt(-90), eventAt(-30, 'view')];
    fc.assert(
      fc.property(
        anyVisit.chain((events) => fc.tuple(shuffled(events), shuffled(events))),
        ([one, other]) => {
          const { state: before } = take(history);
          const states = [one, other].map((order) =>
            orderedFeaturesCodec.encode(take([...order, eventAt(7, 'view', { receivedAt: lastKnown })], before).state),
          );
          expect(states[0]).toEqual(states[1]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('law: in the end it is what one after the other would have led to', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const { state } = take(order);
        const inTurn = inTurnOf(state, order);
        expect(inTurn).toHaveLength(order.length);
        let alone: CustomerFeatures | undefined;
        for (const event of inTurn) alone = applyEvent(alone, event).state;
        expect(state.now).toEqual(alone);
      }),
    );
  });

  it('law: a state is the same after it was stored', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const { state } = take(order);
        expect(orderedFeaturesCodec.decode(orderedFeaturesCodec.encode(state))).toEqual(state);
      }),
    );
  });

  it('law: what a late event rebuilds is what would have been told in turn', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const { state, records } = take(order);
        const last = records.at(-1)!;
        fc.pre(last.rebuilt !== undefined);
        const inTurn = inTurnOf(state, order);
        const told = take(inTurn.map((event) => heardAfter(0, event))).records;
        expect(last.rebuilt).toEqual(
          told
            .filter(({ occurredAt }) => occurredAt >= last.occurredAt)
            .map(({ occurredAt, kind, x, w }) => ({ at: occurredAt, kind, x, w })),
        );
      }),
    );
  });

  it('gives a purchase that was told late the gaps it has', () => {
    const { records } = take([purchaseAt(0), purchaseAt(6), heardAfter(4 * DAY, purchaseAt(2))]);
    const record = records[2]!;
    expect(record.late).toBe(true);
    expect(record.w[COUNTER.gapLastDays]).toBe(4);
    expect(record.w[COUNTER.gapMaxDays]).toBe(4);
    expect(record.lastPurchaseAt).toBe(START + 6 * DAY);
    expect(record.rebuilt!.map(({ at, x }) => [at, x![STEP.gapHours]])).toEqual([
      [START + 2 * DAY, 48],
      [START + 6 * DAY, 96],
    ]);
  });

  it('says nothing anew where nothing is late', () => {
    const { records } = take([purchaseAt(0), heardAfter(HOUR, eventAt(1, 'view')), purchaseAt(3)]);
    expect(records.map(({ rebuilt }) => rebuilt)).toEqual([undefined, undefined, undefined]);
    expect(records[1]!.w[COUNTER.silenceDays]).toBeCloseTo(1 / 24, 4);
  });

  it('counts what is too late to be put in its place', () => {
    const { state, records } = take([
      purchaseAt(0),
      purchaseAt(20),
      heardAfter(25 * DAY, purchaseAt(-5)),
      purchaseAt(30),
    ]);
    expect(records[2]).toMatchObject({ late: true, lastPurchaseAt: START + 20 * DAY });
    expect(records[2]!.rebuilt).toBeUndefined();
    expect(records[2]!.w[COUNTER.orders]).toBe(3);
    expect(records[3]!.w[COUNTER.gapMaxDays]).toBe(20);
    expect(state.now.firstPurchaseAt).toBe(START - 5 * DAY);
  });

  it('puts an imported history before what a new customer has done live', () => {
    const history = [purchaseAt(-200), purchaseAt(-100), purchaseAt(-40)];
    const live = [eventAt(0, 'view'), purchaseAt(0.01)];
    expect(take([...live, ...history]).state.now).toEqual(take([...history, ...live]).state.now);
  });

  it('keeps no more of a customer than fits', () => {
    const events = Array.from({ length: 500 }, (_, i) => eventAt(i / 100, 'view', { messageId: `view-${i}` }));
    const { state } = take(events);
    expect(state.recent.length).toBeLessThanOrEqual(MOST_KEPT_BYTES);
    expect(state.recent.length).toBeGreaterThan(MOST_KEPT_BYTES - 100);
    expect(orderedFeaturesCodec.encode(state).length).toBeLessThan(MOST_KEPT_BYTES + 1024);
    const alone = take(events.slice(0, 1)).state;
    const later = take([heardAfter(0, eventAt(0.5 + KEPT_FOR / DAY, 'view'))], alone).state;
    expect(unpackOccurrences(later.recent)).toHaveLength(1);
  });

  it('reads what was stored before events were kept, and refuses torn rows', () => {
    const { state } = take([purchaseAt(0), purchaseAt(3)]);
    const bytes = orderedFeaturesCodec.encode(state);
    const length = new DataView(bytes.buffer).getUint16(0, true);
    expect(orderedFeaturesCodec.upgrade(bytes.subarray(2, 2 + length)).now).toEqual(state.base);
    for (const cut of [1, 3, length + 5, bytes.length - 1]) {
      expect(() => orderedFeaturesCodec.decode(bytes.subarray(0, cut))).toThrow(RangeError);
    }
  });
});
