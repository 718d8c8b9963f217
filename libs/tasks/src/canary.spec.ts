import { describe, expect, it } from '@jest/globals';
import { type BrokerRecord } from '@holdfast/broker';
import {
  BEHAVIOR_EVENTS,
  CANARY_EVERY,
  CANARY_SILENCE,
  canaryEvent,
  CUSTOMER_RISK,
  customerKey,
  DAY,
  type Millis,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';

import { featuresTask } from './features.task.js';
import { modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

const PARTITION = 3;
const meta = { id: '', sequence: 0 };
const tickAt = (at: Millis): BrokerRecord => ({
  ...{ key: null, value: tickCodec.encode({ type: 'tick', at }, meta), at },
  headers: { schema: TICK_SCHEMA },
});
const purchaseAt = (at: Millis): BrokerRecord => {
  const event = canaryEvent(PARTITION, at);
  const value = BEHAVIOR_EVENTS.encode(event, meta);
  return { key: customerKey(event.shop, event.customer), value, at, headers: { schema: BEHAVIOR_EVENTS.schema } };
};

/** What customer.risk says of a canary, when no release has been made, nor will be. */
function saidOf(log: readonly BrokerRecord[]) {
  const features = new UndisturbedFold(featuresTask, { logId: 'a', partition: PARTITION });
  const scoring = new UndisturbedFold(createScoringTask(modelsOf({})), { logId: 'b', partition: PARTITION });
  const said = log
    .flatMap((record, offset) => features.apply({ ...record, offset }))
    .flatMap((record, offset) => scoring.apply({ ...record, offset }))
    .filter(({ key }) => key !== null);
  expect([...features.letters, ...scoring.letters]).toEqual([]);
  return said.map(({ value }) => CUSTOMER_RISK.decode(value));
}

describe('a canary', () => {
  it('crosses half a minute after each purchase, and nothing else is said of it', () => {
    const minutes = Array.from({ length: 500 }, (_, i) => START + i * CANARY_EVERY);
    const said = saidOf(
      minutes.flatMap((at) => [purchaseAt(at), ...[10, 20, 40, 60].map((s) => tickAt(at + s * 1_000))]),
    );
    expect(said).toHaveLength(minutes.length);
    said.forEach(({ type, at, customer }, i) => {
      expect([type, customer]).toEqual(['holdfast.canary.v1', String(PARTITION)]);
      expect(Math.abs(at - minutes[i]! - CANARY_SILENCE)).toBeLessThanOrEqual(10);
    });
  });

  it('says nothing where time stands still, and no more where it does not buy', () => {
    expect(saidOf([purchaseAt(START), tickAt(START + CANARY_SILENCE - 1_000)])).toEqual([]);
    expect(saidOf([purchaseAt(START), tickAt(START + 40 * DAY)])).toHaveLength(1);
  });
});
