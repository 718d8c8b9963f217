// A shop with two apps, one of which falls silent for an hour, lived through by features and scoring.
import { describe, expect, it } from '@jest/globals';
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { randomArtifact } from '@holdfast/model/fixtures';
import {
  BEHAVIOR_EVENTS,
  CUSTOMER_RISK,
  customerKey,
  DAY,
  type EventType,
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
  TIERS,
  toIso,
} from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';

import { featuresTask } from './features.task.js';
import { MODEL, modelsOf, START } from './fold-task.fixture.js';
import { Retrace } from './retrace.js';
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
const purchase = (app: string, at: Millis) => happening('purchase', app, { of: at, at });
/** What the customer who bought at `of` does, or what is done to them. */
const happening = (
  type: EventType,
  app: string,
  { of: bought, at }: { readonly of: Millis; readonly at: Millis },
): BrokerRecord => {
  const customer = `${app}-${bought}`;
  const times = { occurredAt: at, receivedAt: at, origin: 'live' } as const;
  const event = { messageId: `${customer}-${at}`, shop: 'main', customer, type, ...times, app, amountMinor: 1_000 };
  const headers = { [HEADERS.schema]: BEHAVIOR_EVENTS.schema };
  return { key: customerKey('main', customer), value: BEHAVIOR_EVENTS.encode(event, meta), headers, at };
};

interface Course {
  /** One app falls silent from `DROP` to `BACK`. */
  readonly falls: boolean;
  readonly end?: Millis;
  /** What else comes with the purchases of an instant. */
  readonly more?: (at: Millis) => readonly BrokerRecord[];
}

/** What is said. `log` is given what happens. */
function live({ falls, end = END, more = () => [] }: Course, log: StoredRecord[] = []): readonly RiskEvent[] {
  const features = new UndisturbedFold(featuresTask, { logId: 'a', partition: 0 });
  const scoring = new UndisturbedFold(createScoringTask(modelsOf({ [MODEL]: artifact })), { logId: 'b', partition: 0 });
  const said: RiskEvent[] = [];
  let [offset, inner] = [0, 0];
  const append = (record: BrokerRecord) => {
    log.push({ ...record, offset });
    for (const output of features.apply({ ...record, offset: offset++ }))
      for (const { key, value } of scoring.apply({ ...output, offset: inner++ }))
        if (key !== null) said.push(CUSTOMER_RISK.decode(value));
  };
  append(control(RELEASE_SCHEMA, releaseCodec.encode({ type: 'release', at: START, artifact: MODEL }, meta), START));
  for (let at = START; at < end; at += EVERY) {
    append(purchase('web 1', at));
    if (!falls || at < DROP || at >= BACK) append(purchase('ios 7', at + SECOND));
    more(at).forEach(append);
    append(control(TICK_SCHEMA, tickCodec.encode({ type: 'tick', at: at + EVERY / 2 }, meta), at + EVERY / 2));
  }
  expect([...features.letters, ...scoring.letters]).toEqual([]);
  return said;
}
const changesIn = (events: readonly RiskEvent[]) =>
  events.filter(({ type }) => type.startsWith('churn.risk.') && type !== 'churn.risk.forecast.v1') as Told[];

type Told = Extract<RiskEvent, { type: 'churn.risk.crossed.v1' }>;
const log: StoredRecord[] = [];
const everything = live({ falls: true }, log);
const said = changesIn(everything);
const usual = changesIn(live({ falls: false }));
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

  it('silence is counted without the time that was lost, once it is back, and most cross at the very instant', () => {
    const nameOf = ({ customer, data }: Told) => `${customer} ${data.tier.to}`;
    const without = new Map(of('ios', usual, 'crossed').map((event) => [nameOf(event), event.at]));
    const waiting = crossed.filter(({ at, customer }) => at > BACK && Number(customer.split('-')[1]) < DROP);
    expect(waiting.length).toBeGreaterThan(200);
    const delays = waiting.map((event) => event.at - without.get(nameOf(event))!);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(UNTIL - FROM - 1);
    const late = waiting.filter((_, i) => delays[i]! > UNTIL - FROM + 1);
    // Who was about to cross when it began is looked at after a tenth of its length.
    for (const { at } of late) expect(at).toBeLessThanOrEqual(UNTIL + 6 * MINUTE);
    expect(late.length).toBeLessThan(waiting.length / 2);
  });

  it('no forecast is superseded that was not told, and none passes that neither came true nor was', () => {
    const standing = new Map<string, number>();
    const crossings = new Set(of('ios', said, 'crossed').map(({ customer, at }) => `${customer} ${at}`));
    const nameOf = (customer: string, forecast: string) => `${customer} ${forecast}`;
    for (const event of everything.filter(({ customer }) => customer.startsWith('ios'))) {
      if (event.type !== 'churn.risk.forecast.v1') continue;
      const { customer, data, expiresAt } = event;
      if (data.supersedes !== undefined) {
        expect([data.supersedes, standing.has(nameOf(customer, data.supersedes))]).toEqual([data.supersedes, true]);
        standing.delete(nameOf(customer, data.supersedes));
      }
      if (data.crossing !== null) standing.set(nameOf(customer, data.forecast), expiresAt!);
    }
    const passed = [...standing].filter(([, at]) => at < END - MINUTE);
    expect(passed.length).toBeGreaterThan(100);
    const vain = passed.filter(([name, at]) => !crossings.has(`${name.split(' ').slice(0, 2).join(' ')} ${at}`));
    expect(vain).toEqual([]);
  });

  it('whoever asks later what was known of somebody then is told the same', () => {
    const logIds = { events: 'a', features: 'b' };
    for (const minutes of [25, 21, 10]) {
      const customer = `ios 7-${START + 2 * HOUR - minutes * MINUTE - ((2 * HOUR - minutes * MINUTE) % EVERY) + SECOND}`;
      const theirs = everything.filter((event) => event.customer === customer);
      expect(theirs.map(({ type }) => type)).toContain(
        minutes === 25 ? 'churn.risk.crossed.v1' : 'churn.risk.suppressed.v1',
      );
      for (const at of [DROP + 15 * MINUTE, BACK + 90 * MINUTE]) {
        const key = customerKey('main', customer);
        const retrace = new Retrace({ key, at, models: modelsOf({ [MODEL]: artifact }), partition: 0, logIds });
        for (const record of log) retrace.take(record);
        retrace.arrive();
        expect(retrace.said.map(({ value }) => CUSTOMER_RISK.decode(value))).toEqual(
          theirs.filter((event) => event.at <= at),
        );
        const [last] = changesIn(theirs)
          .filter((event) => event.at <= at && (event.type as string) !== 'churn.risk.suppressed.v1')
          .slice(-1);
        expect(TIERS[retrace.state!.tier]).toBe(last?.data.tier.to ?? 'low');
      }
    }
  });

  it('nothing is otherwise for customers of other apps', () => {
    expect(of('web', said).length).toBeGreaterThan(500);
    expect(of('web', said)).toEqual(of('web', usual));
    expect(of('web', said).filter(({ type }) => type !== 'churn.risk.crossed.v1')).toEqual([]);
  });
});

describe('a crossing that may be taken back', () => {
  it('stands whatever is done to the customer in the next minutes, where nothing is out', () => {
    const notice = (at: Millis) => [
      happening('message-opened', 'web 1', { of: at - 22 * MINUTE - 16 * SECOND, at: at + 2 * SECOND }),
    ];
    const told = live({
      falls: false,
      end: START + 2 * HOUR,
      more: (at) => (at > START + 30 * MINUTE ? notice(at) : []),
    });
    expect(changesIn(told).length).toBeGreaterThan(500);
    expect(changesIn(told).filter(({ type }) => type !== 'churn.risk.crossed.v1')).toEqual([]);
  });

  it('is taken back also when a stray event comes while the app is out', () => {
    const stray = (at: Millis) => [happening('view', 'ios 7', { of: START + SECOND, at: at + 2 * SECOND })];
    const more = (at: Millis) => ([DROP + 600 * SECOND, DROP + 1_800 * SECOND].includes(at) ? stray(at) : []);
    const told = changesIn(live({ falls: true, end: BACK, more }));
    const taken = new Set(of('ios', told, 'corrected').map(({ customer, data }) => `${customer} ${data.corrects}`));
    const wrong = of('ios', told, 'crossed').filter(({ at }) => at > FROM && at < BACK - 5 * MINUTE);
    expect(wrong.length).toBeGreaterThan(20);
    expect(wrong.filter(({ customer, at }) => !taken.has(`${customer} ${toIso(at)}`))).toEqual([]);
  });
});
