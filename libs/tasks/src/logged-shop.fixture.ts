// For tests: the log of a small shop in one partition, and what features and scoring publish of it.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  customerKey,
  DAY,
  type EventType,
  HEADERS,
  RELEASE_SCHEMA,
  releaseCodec,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';

import { featuresTask } from './features.task.js';
import { anyArtifact, eventAt, MODEL, modelsOf, START } from './fold-task.fixture.js';
import { type Models } from './models.js';
import { createScoringTask } from './scoring.task.js';

export const LOG_IDS = { events: '0badcafe', features: '0badf00d' };
export const OTHER_MODEL = 'cd'.repeat(32);
export const loggedModels = modelsOf({ [MODEL]: anyArtifact(), [OTHER_MODEL]: anyArtifact(2) });

/** Day, customer and what they did. */
const DEEDS: readonly (readonly [day: number, customer: string, type: EventType])[] = [
  [0.1, 'ann', 'view'], [0.2, 'ann', 'purchase'], [1, 'bob', 'purchase'], [3, 'ann/2', 'purchase'], [9, 'ann', 'cart'], [20, 'ann', 'purchase'],
  [20, 'ann', 'purchase'], [31, 'bob', 'view'], [55, 'bob', 'purchase'], [56, 'ann', 'view'], [120, 'ann', 'purchase'], [121, 'ann', 'refund'],
]; // prettier-ignore
const DAYS = 400;
const RELEASED = 40;

const meta = { id: '', sequence: 0 };
const control = (schema: string, value: Uint8Array, at: number): BrokerRecord => ({
  key: null,
  value,
  headers: { schema },
  at,
});
const releaseAt = (at: number, artifact: string) =>
  control(RELEASE_SCHEMA, releaseCodec.encode({ type: 'release', at, artifact }, meta), at);
const tickAt = (at: number) => control(TICK_SCHEMA, tickCodec.encode({ type: 'tick', at }, meta), at);
const recordOf = (event: BehaviorEvent): BrokerRecord => ({
  key: customerKey(event.shop, event.customer),
  value: BEHAVIOR_EVENTS.encode(event, meta),
  headers: { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: event.messageId },
  at: event.receivedAt,
});

const stored = (records: readonly BrokerRecord[]): StoredRecord[] =>
  records.map((record, offset) => ({ ...record, offset }));

/** behavior.events: a release, then a tick a day for more than a year, another release on the way, one event sent twice. */
export function loggedShop(first = MODEL, second = OTHER_MODEL): StoredRecord[] {
  const log: BrokerRecord[] = [releaseAt(START, first)];
  for (let day = 0; day < DAYS; day++) {
    if (day === RELEASED) log.push(releaseAt(START + day * DAY, second));
    for (const [at, customer, type] of DEEDS.filter((deed) => Math.floor(deed[0]) === day))
      log.push(recordOf(eventAt(at, type, { customer, messageId: `${customer}-${at}-${type}` })));
    log.push(tickAt(START + (day + 1) * DAY));
  }
  return stored(log);
}

/** What both stages publish of it. */
export function publishedOf(log: readonly StoredRecord[], models: Models = loggedModels) {
  const features = new UndisturbedFold(featuresTask, { logId: LOG_IDS.events, partition: 0 });
  const scoring = new UndisturbedFold(createScoringTask(models), { logId: LOG_IDS.features, partition: 0 });
  const records = stored(log.flatMap((record) => features.apply(record)));
  return { features: records, risk: stored(records.flatMap((record) => scoring.apply(record))), scoring };
}
