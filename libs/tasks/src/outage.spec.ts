// A shop with two apps, one of which falls silent for an hour, lived through by features and scoring.
import { describe, expect, it } from '@jest/globals';
import { type BrokerRecord } from '@holdfast/broker';
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { randomArtifact } from '@holdfast/model/fixtures';
import {
  BEHAVIOR_EVENTS,
  CUSTOMER_RISK,
  customerKey,
  DAY,
  HEADERS,
  HOUR,
  type Millis,
  MINUTE,
  RELEASE_SCHEMA,
  releaseCodec,
  type RiskEvent,
  SECOND,
  TICK_SCHEMA,
  tickCodec,
  toIso,
} from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';

import { featuresTask } from './features.task.js';
import { MODEL, modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

/** Customers drift after some twenty minutes of silence. */
const UNIT = (2 * MINUTE) / DAY;
const sizes = { stepSize: STEP_SIZE, wideSize: WIDE_SIZE, featureSet: FEATURE_SET_HASH };
const artifact = randomArtifact({ ...sizes, horizonDays: 90 * UNIT });
const [DROP, BACK, END] = [START + 2 * HOUR, START + 3 * HOUR, START + 5 * HOUR];
const EVERY = 8 * SECOND;

const meta = { id: '', sequence: 0 };
const control = (schema: string, value: Uint8Array, at: Millis): BrokerRecord => ({
  ...{ key: null, value, at },
  headers: { schema },
});
const purchase = (app: string, at: Millis): BrokerRecord => {
  const customer = `${app}-${at}`;
  const times = { occurredAt: at, receivedAt: at, origin: 'live' } as const;
  const event = {
    messageId: customer,
    shop: 'main',
    customer,
    type: 'purchase',
    ...times,
    app,
    amountMinor: 1_000,
  } as const;
  const headers = { [HEADERS.schema]: BEHAVIOR_EVENTS.schema };
  return { key: customerKey('main', customer), value: BEHAVIOR_EVENTS.encode(event, meta), headers, at };
};

/** What is said when one app falls silent from `DROP` to `BACK`, or not at all. */
function live(falls: boolean): RiskEvent[] {
  const features = new UndisturbedFold(featuresTask, { logId: 'a', partition: 0 });
  const scoring = new UndisturbedFold(createScoringTask(modelsOf({ [MODEL]: artifact })), { logId: 'b', partition: 0 });
  const said: RiskEvent[] = [];
  let [offset, inner] = [0, 0];
  const append = (record: BrokerRecord) => {
    for (const output of features.apply({ ...record, offset: offset++ }))
      for (const { key, value } of scoring.apply({ ...output, offset: inner++ }))
        if (key !== null) said.push(CUSTOMER_RISK.decode(value));
  };
  append(control(RELEASE_SCHEMA, releaseCodec.encode({ type: 'release', at: START, artifact: MODEL }, meta), START));
  for (let at = START; at < END; at += EVERY) {
    append(purchase('web 1', at));
    if (!falls || at < DROP || at >= BACK) append(purchase('ios 7', at + SECOND));
    append(control(TICK_SCHEMA, tickCodec.encode({ type: 'tick', at: at + EVERY / 2 }, meta), at + EVERY / 2));
  }
  expect([...features.letters, ...scoring.letters]).toEqual([]);
  return said.filter(({ type }) => type.startsWith('churn.risk.') && type !== 'churn.risk.forecast.v1');
}

type Told = Extract<RiskEvent, { type: 'churn.risk.crossed.v1' }>;
const said = live(true) as Told[];
const usual = live(false) as Told[];
const of = (app: string, events: readonly Told[], type?: string) =>
  events.filter(
    (event) => event.customer.startsWith(app) && (type === undefined || event.type === `churn.risk.${type}.v1`),
  );
/** From the last that came of it to the first that came again. */
const [FROM, UNTIL] = [DROP - EVERY + SECOND, BACK + SECOND];

describe('while an app is out', () => {
  const crossed = of('ios', said, 'crossed');

  it('nobody of its customers crosses who is not taken back within four minutes', () => {
    const inVain = crossed.filter(({ at }) => at > FROM && at < BACK);
    expect(inVain.length).toBeGreaterThan(10);
    for (const { customer, at, data } of inVain) {
      expect(at).toBeLessThan(FROM + 4 * MINUTE);
      const back = of(customer, said, 'corrected');
      expect(back.map((event) => event.data.corrects)).toEqual([toIso(at)]);
      expect(back[0]!.at).toBeLessThanOrEqual(at + 4 * MINUTE);
      expect(back[0]!.data.tier).toEqual({ from: data.tier.to, to: data.tier.from });
      expect(back[0]!.data.outage).toEqual({ source: 'ios 7', from: toIso(FROM) });
    }
    expect(of('ios', said, 'corrected')).toHaveLength(inVain.length);
  });

  it('it is said once of each whose crossing is held back', () => {
    const held = of('ios', said, 'suppressed');
    const due = of('ios', usual, 'crossed').filter(({ at }) => at > FROM + 4 * MINUTE && at < BACK - MINUTE);
    const bought = (customer: string) => Number(customer.split('-')[1]);
    const before = due.filter(({ customer }) => bought(customer) < DROP).map(({ customer }) => customer);
    expect(before.length).toBeGreaterThan(100);
    const told = held.map(({ customer }) => customer);
    expect(new Set(told).size).toBe(told.length);
    expect(before.filter((customer) => !told.includes(customer))).toEqual([]);
    for (const { data } of held) expect(data.outage).toEqual({ source: 'ios 7', from: toIso(FROM) });
  });

  it('silence is counted without the time that was lost, once it is back', () => {
    const waiting = crossed.filter(({ at, customer }) => at > BACK && Number(customer.split('-')[1]) < DROP);
    expect(waiting.length).toBeGreaterThan(200);
    for (const { customer, data, at } of waiting) {
      const other = of(customer, usual, 'crossed').find((event) => event.data.tier.to === data.tier.to)!;
      // Two seconds and more: those who are held back are looked at again once a minute.
      expect(at - other.at).toBeGreaterThanOrEqual(UNTIL - FROM - 1);
      expect(at - other.at).toBeLessThanOrEqual(UNTIL - FROM + 1 + MINUTE);
      if (at - other.at > UNTIL - FROM + 1) expect(at).toBeLessThanOrEqual(UNTIL + MINUTE);
    }
  });

  it('nothing is otherwise for customers of other apps', () => {
    expect(of('web', said).length).toBeGreaterThan(500);
    expect(of('web', said)).toEqual(of('web', usual));
    expect(of('web', said).filter(({ type }) => type !== 'churn.risk.crossed.v1')).toEqual([]);
  });
});
