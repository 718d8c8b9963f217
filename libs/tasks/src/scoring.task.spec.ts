import { describe, expect, it } from '@jest/globals';
import { applyEvent, stepsOf } from '@holdfast/features';
import { LAPSED, logit, logitOf, sigmoid } from '@holdfast/model';
import { CUSTOMER_RISK, DAY, EVENT_TYPES, fromIso, type RiskEvent, toIso } from '@holdfast/schemas';
import fc from 'fast-check';

import { anyArtifact, eventAt, foldTask, isTierChange, MODEL, modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

const artifact = anyArtifact();
/** Changes of tier, without facts and forecasts (forecasts.spec.ts). */
const changes = (outputs: readonly RiskEvent[]) => outputs.filter(isTierChange);
const path = (outputs: readonly RiskEvent[]) =>
  changes(outputs).map(({ type, data }) => `${type.split('.')[2]} ${data.tier.from}→${data.tier.to} by ${data.cause}`);

describe('a customer who goes silent', () => {
  const { outputs, state } = foldTask([eventAt(0, 'purchase')], { untilDays: 400 });

  it('crosses medium, high, and lapses, each at its instant', () => {
    expect(path(outputs)).toEqual([
      'crossed low→medium by silence',
      'crossed medium→high by silence',
      'crossed high→lapsed by silence',
    ]);
    expect(state!.tier).toBe(LAPSED);
    const [medium, high, lapsed] = changes(outputs);
    expect(lapsed!.at).toBe(START + 180 * DAY);
    for (const [change, threshold] of [
      [medium, 0.6],
      [high, 0.8],
    ] as const) {
      expect(change!.data.threshold).toBe(threshold);
      expect(change!.data.risk).toBeCloseTo(threshold, 6);
      expect(logitOf(state!, artifact, change!.at - 1000)).toBeLessThan(logit(threshold));
      expect(change!.data.silenceDays).toBeCloseTo((change!.at - START) / DAY, 9);
    }
  });

  it('is told with forecast, expiry, value and reasons that add up', () => {
    const [medium, high, lapsed] = changes(outputs);
    expect(medium!.data.forecast).toMatchObject([{ tier: 'high', at: toIso(high!.at) }, { tier: 'lapsed', at: toIso(lapsed!.at) }]);
    expect(lapsed!.data.forecast).toEqual([]);
    expect(medium!.expiresAt).toBe(Math.min(lapsed!.at, medium!.at + 90 * DAY));
    expect(lapsed!.expiresAt).toBe(lapsed!.at + 90 * DAY);
    expect(medium!.data.valueAtRiskMinor).toBe(1200);
    expect(medium!.data).toMatchObject({ orders: 1, model: MODEL, origin: 'live' });
    const sum = medium!.data.reasons.reduce((total, reason) => total + reason.weight, 0);
    expect(sigmoid(sum)).toBeCloseTo(medium!.data.risk, 9);
    expect(medium!.data.reasons[0]!.weight).toBeGreaterThan(0);
  }); // prettier-ignore

  it('is told by which thresholds, whatever the weights behind the risk', () => {
    const versionOf = (changed: Partial<typeof artifact>) => {
      const models = modelsOf({ [MODEL]: { ...artifact, ...changed } });
      const [change] = changes(foldTask([eventAt(0, 'purchase')], { models, untilDays: 400 }).outputs);
      return change!.data.thresholdsVersion;
    };
    const { thresholdsVersion } = changes(outputs)[0]!.data;
    expect(versionOf({ seed: 2, output: { ...artifact.output, bias: 0.1 } })).toBe(thresholdsVersion);
    const others = [{ thresholds: { medium: 0.61, high: 0.8 } }, { hysteresis: 0.04 }, { activeDays: 170 }].map(
      versionOf,
    );
    expect(new Set([thresholdsVersion, ...others]).size).toBe(4);
  });

  it('is written as records its topic can carry', () => {
    for (const event of outputs) {
      const bytes = CUSTOMER_RISK.encode(event, { id: 'i', sequence: 1 });
      expect(CUSTOMER_RISK.decode(bytes)).toEqual(event);
    }
  });
});

describe('a customer who acts', () => {
  it('recovers by a purchase, and crosses again after new silence', () => {
    const { outputs } = foldTask([eventAt(0, 'purchase'), eventAt(120, 'purchase')], { untilDays: 160 });
    expect(path(outputs).slice(0, 4)).toEqual([
      'crossed low→medium by silence',
      'crossed medium→high by silence',
      'recovered high→low by event',
      'crossed low→medium by silence',
    ]);
    const types = outputs.map(({ type }) => type);
    expect(types[types.indexOf('churn.risk.recovered.v1') - 1]).toBe('customer.purchased.v1');
    expect(changes(outputs)[2]).toMatchObject({ at: START + 120 * DAY, data: { threshold: null } });
    expect(changes(outputs)[2]!.expiresAt).toBeUndefined();
  });

  it('comes back from lapsed', () => {
    const { outputs } = foldTask([eventAt(0, 'purchase'), eventAt(300, 'view')]);
    expect(path(outputs).at(-1)).toBe('recovered lapsed→low by event');
  });

  it('is not scored before the first purchase', () => {
    const { outputs, state, wakeAt } = foldTask([eventAt(0, 'view'), eventAt(1, 'cart')], { untilDays: 400 });
    expect(outputs).toEqual([]);
    expect(wakeAt).toBeUndefined();
    expect(state!.curve).toHaveLength(0);
  });

  it('is in a higher tier at the event itself when the curve begins there: cause event, no wake-up for it', () => {
    const models = modelsOf({ [MODEL]: { ...artifact, output: { ...artifact.output, bias: 1 } } });
    const { outputs } = foldTask([eventAt(0, 'purchase')], { models });
    expect(path(outputs)).toEqual(['crossed low→medium by event']);
    expect(changes(outputs)[0]!.data.forecast.map((next) => next.tier)).toEqual(['high', 'lapsed']);
  });
});

describe('notices', () => {
  it('do not end silence, lower no tier and bring back nobody who lapsed', () => {
    const { outputs, state } = foldTask(
      [eventAt(0, 'purchase'), eventAt(70, 'message-delivered'), eventAt(250, 'message-opened')],
      { untilDays: 400 },
    );
    expect(path(outputs).at(-1)).toBe('crossed high→lapsed by silence');
    expect(changes(outputs).at(-1)!.at).toBe(START + 180 * DAY);
    expect(state).toMatchObject({ tier: LAPSED, lastActivityAt: START });
  });
});

describe('late events', () => {
  it('are no act of now: history imported for a silent customer lowers no tier and dates nothing back', () => {
    const old = eventAt(-200, 'purchase', { origin: 'import', importedAt: START + 100 * DAY });
    // The customer is high by day 110, when the old order comes.
    const { outputs, state } = foldTask([eventAt(0, 'purchase'), eventAt(110, 'message-delivered'), old], {
      untilDays: 400,
    });
    expect(path(outputs)).toEqual([
      'crossed low→medium by silence',
      'crossed medium→high by silence',
      'crossed high→lapsed by silence',
    ]);
    expect(state).toMatchObject({ lastActivityAt: START, orders: 2, origin: 0 });
    expect(changes(outputs)[2]!.at).toBe(START + 180 * DAY);
  });

  it('are reported as of the moment they were judged at: what is known of the customer is ahead of the record', () => {
    // Nothing bought so far; a notice on day 100 brings what is known there. Then the old order comes.
    const known = [eventAt(0, 'view'), eventAt(100, 'message-delivered')];
    const old = eventAt(-10, 'purchase', { origin: 'import', importedAt: START + 110 * DAY });
    const { outputs, state } = foldTask([...known, old]);
    const [change] = changes(outputs);
    expect(path(outputs)).toEqual(['crossed low→high by event']);
    expect(change!.data.silenceDays).toBeCloseTo(100, 3);
    expect(change!.at).toBeCloseTo(START + 100 * DAY, -5);
    expect(change!.data.risk).toBe(sigmoid(state!.logitAfter));
    expect(change!.data.origin).toBe('import');
    expect(CUSTOMER_RISK.decode(CUSTOMER_RISK.encode(outputs.at(-1)!, { id: 'i', sequence: 1 }))).toEqual(
      outputs.at(-1),
    );
  });
});

describe('a record that is stepped later than its time', () => {
  it('is judged as of then', () => {
    const { record } = applyEvent(undefined, eventAt(0, 'purchase'));
    const task = createScoringTask(modelsOf({ [MODEL]: artifact }));
    const { outputs, wakeAt } = task.step(undefined, record, START + 100 * DAY, { model: MODEL });
    expect(path(outputs)).toEqual(['crossed low→high by event']);
    expect(changes(outputs)[0]).toMatchObject({ at: START + 100 * DAY, data: { silenceDays: 100 } });
    expect(wakeAt).toBe(START + 180 * DAY);
  });
});

describe('origin', () => {
  const importedAt = START + 30 * DAY;

  it('is import for a crossing before the import, live after it', () => {
    const { outputs } = foldTask([eventAt(0, 'purchase', { origin: 'import', importedAt })], { untilDays: 200 });
    expect(changes(outputs).map(({ at, data }) => data.origin === (at <= importedAt ? 'import' : 'live'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(new Set(changes(outputs).map(({ data }) => data.origin))).toEqual(new Set(['import', 'live']));
  });

  it('is replay for whatever follows a replayed event, until a live one', () => {
    const replayed = eventAt(0, 'purchase', { origin: 'replay', importedAt });
    const { outputs } = foldTask([replayed, eventAt(150, 'purchase')], { untilDays: 300 });
    const origins = changes(outputs).map(({ data }) => data.origin);
    expect(origins.slice(0, 2)).toEqual(['replay', 'replay']);
    expect(new Set(origins.slice(2))).toEqual(new Set(['live']));
  });

  it('is never taken for live when it is not known', () => {
    const { state, wakeAt } = foldTask([eventAt(0, 'purchase')]);
    const task = createScoringTask(modelsOf({ [MODEL]: artifact }));
    const wake = () => task.wake!({ ...state!, origin: 9 }, wakeAt!, { model: MODEL });
    expect(wake).toThrow('origin must be the place of one of live, import, replay, what-if, not 9');
  });
});

describe('facts', () => {
  it.each([
    ['purchase', { coupon: 'SAVE' }, ['customer.purchased.v1']],
    ['coupon-applied', { coupon: 'SAVE' }, ['customer.redeemed.v1']],
    ['refund', { amountMinor: 5 }, ['customer.refunded.v1']],
    ['cancel', { amountMinor: 5 }, ['customer.refunded.v1']],
    ['consent-changed', { consent: { channel: 'sms', granted: true } }, ['customer.consent-changed.v1']],
    ['message-unsubscribed', {}, ['customer.consent-changed.v1']],
    ['identified', { email: 'a@example.org' }, ['customer.identified.v1']],
    ['view', {}, []],
  ] as const)('of %s are passed on', (type, more, types) => {
    const { outputs } = foldTask([eventAt(0, type, { ...more, origin: 'import' })]);
    expect(outputs.map((event) => event.type)).toEqual(types);
    for (const event of outputs) {
      expect(event).toMatchObject({ shop: 'main', customer: 'c1', at: START, data: { origin: 'import' } });
      expect(CUSTOMER_RISK.decode(CUSTOMER_RISK.encode(event, { id: 'i', sequence: 1 }))).toEqual(event);
    }
  });
});

describe('laws of scoring', () => {
  const anyLife = fc
    .array(
      fc.record({
        gap: fc.oneof(fc.double({ min: 0, max: 0.02, noNaN: true }), fc.double({ min: 0, max: 250, noNaN: true })),
        type: fc.oneof(fc.constant('purchase' as const), fc.constantFrom(...EVENT_TYPES)),
        lateDays: fc.oneof(fc.constant(0), fc.constant(0), fc.double({ min: 0, max: 60, noNaN: true })),
        amountMinor: fc.integer({ min: 0, max: 100_000 }),
      }),
      { minLength: 1, maxLength: 25 },
    )
    .map((drafts) => {
      let days = 0;
      return drafts.map(({ gap, type, lateDays, amountMinor }) => {
        days += gap;
        return eventAt(days, type, { amountMinor, occurredAt: START + Math.round((days - lateDays) * DAY) });
      });
    });
  const anyModel = fc.integer({ min: 1, max: 5 }).map((seed) => modelsOf({ [MODEL]: anyArtifact(seed) }));

  it('memory is never NaN, a row stays under 2 KB, a wake-up is always later', () => {
    const { state: codec } = createScoringTask(modelsOf({}));
    fc.assert(
      fc.property(anyLife, anyModel, (events, models) => {
        const { states, asked } = foldTask(events, { models, untilDays: 3000 });
        for (const state of states) {
          expect(
            state.h.every(Number.isFinite) && state.c.every(Number.isFinite) && state.curve.every(Number.isFinite),
          ).toBe(true);
          expect(codec.encode(state).length).toBeLessThanOrEqual(2048);
        }
        for (const { at, wakeAt } of asked) expect(wakeAt).toBeGreaterThan(at);
      }),
      { numRuns: 25 },
    );
  });

  it('a tier never falls but by activity, and everyone scored lapses in the end', () => {
    fc.assert(
      fc.property(anyLife, anyModel, (events, models) => {
        const { tiers, state, wakeAt } = foldTask(events, { models, untilDays: 10_000 });
        tiers.forEach(({ tier, acted }, i) => {
          if (i > 0 && !acted) expect(tier).toBeGreaterThanOrEqual(tiers[i - 1]!.tier);
        });
        if (state && state.orders > 0) expect(state.tier).toBe(LAPSED);
        expect(wakeAt).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  it('a crossing is reported with the risk and the silence that made it, also when its cause is history imported late', () => {
    const browsing = anyLife.map((events) => events.map((event) => ({ ...event, type: 'view' as const })));
    const imported = fc.array(
      fc.record({ daysAgo: fc.double({ min: 0, max: 400, noNaN: true }), type: fc.constantFrom('purchase', 'view') }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.oneof(anyLife, browsing), fc.nat(250), imported, anyModel, (acts, quietDays, drafts, models) => {
        const importedAt = acts.at(-1)!.receivedAt + quietDays * DAY;
        const live = [...acts, eventAt((importedAt - START) / DAY, 'message-delivered')];
        const history = drafts
          .map(({ daysAgo, type }) =>
            eventAt((importedAt - START) / DAY - daysAgo, type, { origin: 'import', importedAt }),
          )
          .sort((a, b) => a.receivedAt - b.receivedAt);
        const { outputs } = foldTask([...live, ...history], { models, untilDays: 3000 });
        for (const { type, at, data } of changes(outputs)) {
          for (const next of data.forecast) expect(fromIso(next.at)).toBeGreaterThan(at);
          if (type !== 'churn.risk.crossed.v1') continue;
          if (data.tier.to === 'lapsed') expect(data.silenceDays).toBeGreaterThan(180 - 1e-6);
          else expect(data.risk).toBeGreaterThanOrEqual(data.threshold! - 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('deleting later events changes nothing before them', () => {
    fc.assert(
      fc.property(anyLife, fc.nat(), (events, cut) => {
        const kept = events.slice(0, 1 + (cut % events.length));
        const until = (kept.at(-1)!.receivedAt - START) / DAY;
        const early = foldTask(kept, { untilDays: until }).outputs;
        expect(foldTask(events, { untilDays: 3000 }).outputs.slice(0, early.length)).toEqual(early);
      }),
      { numRuns: 25 },
    );
  });

  it('a restart between any two steps changes no bit', () => {
    fc.assert(
      fc.property(anyLife, (events) => {
        const through = foldTask(events, { untilDays: 3000 });
        const restarted = foldTask(events, { untilDays: 3000, restart: true });
        expect(restarted.outputs).toEqual(through.outputs);
        expect(restarted.state).toEqual(through.state);
      }),
      { numRuns: 25 },
    );
  });

  it('a crossing fires when the risk first reaches the threshold, within a second', () => {
    fc.assert(
      fc.property(anyModel, fc.double({ min: 1, max: 100, noNaN: true }), (models, gap) => {
        const { outputs, states } = foldTask([eventAt(0, 'purchase'), eventAt(gap, 'purchase')], {
          models,
          untilDays: 1000,
        });
        const own = models.get(MODEL);
        const last = states.findLast((state) => state.lastActivityAt === START + Math.round(gap * DAY))!;
        for (const { at, data } of changes(outputs)) {
          if (data.cause !== 'silence' || data.threshold === null || at < last.lastActivityAt) continue;
          expect(logitOf(last, own, at)).toBeGreaterThanOrEqual(logit(data.threshold) - 1e-9);
          for (let i = 1; i <= 500; i++) {
            const earlier = last.lastActivityAt + ((at - 1000 - last.lastActivityAt) * i) / 500;
            if (earlier > last.lastActivityAt) expect(logitOf(last, own, earlier)).toBeLessThan(logit(data.threshold));
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('a record that failed and is sent back', () => {
  const task = createScoringTask(modelsOf({ [MODEL]: artifact }));
  const shared = { model: MODEL };
  const records = (...events: ReturnType<typeof eventAt>[]) => {
    let features: ReturnType<typeof applyEvent>['state'] | undefined;
    return events.map((event) => {
      const { state, record } = applyEvent(features, event);
      features = state;
      return record;
    });
  };
  const [bought, boughtAgain, viewed] = records(eventAt(0, 'purchase'), eventAt(120, 'purchase'), eventAt(121, 'view'));
  const first = task.step(undefined, bought!, bought!.at, shared).state!;

  it('is judged as of the present, when nothing has come since', () => {
    const present = START + 130 * DAY;
    const silent = task.wake!(first, first.lastActivityAt + 100 * DAY, shared).state!;
    const { outputs, wakeAt } = task.step(silent, boughtAgain!, present, shared);
    expect(outputs.map(({ type, at }) => [type, at])).toEqual([
      ['customer.purchased.v1', START + 120 * DAY],
      ['churn.risk.recovered.v1', present],
    ]);
    expect(wakeAt).toBeGreaterThan(present);
  });

  it('tells its facts and is remembered, but changes nothing that later records have said', () => {
    const present = START + 121 * DAY + 1;
    const { state, wakeAt } = task.step(first, viewed!, viewed!.at, shared);
    const late = task.stepLate!(state!, boughtAgain!, present, shared);
    expect(late.outputs.map(({ type, at }) => [type, at])).toEqual([['customer.purchased.v1', START + 120 * DAY]]);
    expect(late.wakeAt).toBe(wakeAt);
    const { h, c, steps, ...rest } = late.state!;
    expect(rest).toEqual((({ h: _, c: __, steps: ___, ...same }) => same)(state!));
    expect([...stepsOf(steps)]).toHaveLength(3);
    expect(h).not.toEqual(state!.h);
    expect(c).not.toEqual(state!.c);
  });

  it('tells its facts also of a customer of whom nothing else is known', () => {
    const { state, outputs } = task.stepLate!(undefined, bought!, START + DAY, shared);
    expect([state, outputs.map(({ type }) => type)]).toEqual([null, ['customer.purchased.v1']]);
  });
});
