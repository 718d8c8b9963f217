// The service as it runs: Nest, the runner, an embedded log and an embedded PostgreSQL.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrokerRecord, openEmbeddedBroker } from '@holdfast/broker';
import { migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  CUSTOMER_FEATURES,
  customerKey,
  DAY,
  type FeatureRecord,
  HEADERS,
  type Millis,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';
import { createContext, startServer } from '@holdfast/service';
import { prepareTopics, type Resources } from '@holdfast/stream';
import { featuresTask } from '@holdfast/tasks';

import { featuresTransport } from './features-transport.js';
import { FeaturesModule } from './features.module.js';

const START = Date.UTC(2024, 0, 1);
const none = { id: 'x', sequence: 0 };
let resources: Resources;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-features-'));
  await chmod(directory, 0o755); // as root, PostgreSQL runs as another user
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
  closing.push(() => postgres.stop());
  const database = await openDatabase(postgres.url);
  closing.push(() => database.close());
  await migrate(database);
  const broker = await openEmbeddedBroker({ directory: join(directory, 'log') });
  closing.push(() => broker.close());
  resources = { broker, database };
  await prepareTopics(resources, 1);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const order = (days: number): BehaviorEvent => {
  const at = START + days * DAY;
  return { messageId: `m${days}`, shop: 'main', customer: 'c', type: 'purchase', amountMinor: 100 + days, occurredAt: at, receivedAt: at, origin: 'live' }; // prettier-ignore
};
const recordOf = (event: BehaviorEvent): BrokerRecord => ({
  key: customerKey(event.shop, event.customer),
  value: BEHAVIOR_EVENTS.encode(event, none),
  headers: { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: event.messageId },
  at: event.receivedAt,
});
const tick = (at: Millis): BrokerRecord => ({
  key: null,
  value: tickCodec.encode({ type: 'tick', at }, none),
  headers: { [HEADERS.schema]: TICK_SCHEMA },
  at,
});

/** Everything in customer.features up to the tick at `until`, with its sequence numbers. */
async function featuresUntil(until: Millis): Promise<{ sequence: string | undefined; record: FeatureRecord }[]> {
  const stream = resources.broker.open(CUSTOMER_FEATURES.name, 0, 0);
  const read: { sequence: string | undefined; record: FeatureRecord }[] = [];
  for (;;) {
    for (const stored of await stream.next()) {
      if (stored.key !== null) {
        read.push({ sequence: stored.headers[HEADERS.sequence], record: CUSTOMER_FEATURES.decode(stored.value) });
      } else if (stored.at >= until) {
        await stream.close();
        return read;
      }
    }
  }
}

describe('the features service', () => {
  it('writes one record per event, drops what a shop sends twice, and goes on where it stopped', async () => {
    const start = () => {
      const context = createContext('features', { logLevel: 'silent', processMetrics: false });
      const modules = [FeaturesModule.register(context, resources, {})];
      const transports = [featuresTransport(context, resources, {})];
      return startServer({ modules, transports }, { contexts: [context], host: '127.0.0.1', port: 0 });
    };
    const producer = await resources.broker.producer();
    const append = (batch: readonly BrokerRecord[]) => producer.append(BEHAVIOR_EVENTS.name, 0, batch);

    const first = await start();
    const elsewhere = { ...order(0), shop: 'other' };
    await append([order(0), elsewhere, order(0), order(5)].map(recordOf).concat(tick(START + 6 * DAY)));
    await featuresUntil(START + 6 * DAY);
    await first.close();
    const second = await start();
    await append([recordOf(order(5)), recordOf(order(9)), tick(START + 10 * DAY)]);
    const written = await featuresUntil(START + 10 * DAY);
    await second.close();
    await producer.close();

    let state: ReturnType<typeof featuresTask.step>['state'] | undefined;
    const expected = [order(0), order(5), order(9)].map((event, i) => {
      const step = featuresTask.step(state ?? undefined, event, event.receivedAt, null);
      state = step.state;
      return { sequence: String(i + 1), record: step.outputs[0] };
    });
    const [first0, ...later] = expected;
    const other = { sequence: '1', record: featuresTask.step(undefined, elsewhere, START, null).outputs[0] };
    expect(written).toEqual([first0, other, ...later]);
  });
});
