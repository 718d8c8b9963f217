import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedBroker } from '@holdfast/broker';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  canaryEvent,
  customerKey,
  HEADERS,
  partitionOf,
  TICK_SCHEMA,
} from '@holdfast/schemas';

import { logEvents, openLog } from './log-events.js';
import { readHistory } from './read-history.js';

let dataDir: string;
beforeAll(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'trainer-'))));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const event = (customer: string, at: number, origin: BehaviorEvent['origin'] = 'live'): BehaviorEvent => ({
  messageId: `${customer}-${at}`,
  shop: 'main',
  customer,
  type: 'purchase',
  occurredAt: at,
  receivedAt: at,
  origin,
  amountMinor: 100,
  currency: 'GBP',
});

describe('the log as training data', () => {
  it('gives every event once, in order, without ticks, faults and suppositions', async () => {
    const partitions = 3;
    const broker = await openEmbeddedBroker({ directory: join(dataDir, 'log') });
    await broker.createTopics([{ name: BEHAVIOR_EVENTS.name, partitions, retentionDays: null }]);
    const producer = await broker.producer();
    const append = (one: BehaviorEvent, value = BEHAVIOR_EVENTS.encode(one, { id: one.messageId, sequence: 0 })) => {
      const key = customerKey(one.shop, one.customer);
      const headers = { [HEADERS.schema]: BEHAVIOR_EVENTS.schema, [HEADERS.eventId]: one.messageId };
      return producer.append(BEHAVIOR_EVENTS.name, partitionOf(key, partitions), [
        { key, value, headers, at: one.receivedAt },
      ]);
    };
    for (const customer of ['a', 'b', 'c', 'd']) {
      for (const at of [1_000, 2_000, 2_000, 3_000]) await append(event(customer, at));
    }
    await append(event('a', 4_000, 'what-if'));
    await append(canaryEvent(0, 4_000));
    await append(event('a', 5_000), Buffer.from('not JSON'));
    const headers = { [HEADERS.schema]: TICK_SCHEMA };
    await producer.append(BEHAVIOR_EVENTS.name, 0, [{ key: null, value: Buffer.from('{}'), headers, at: 9_000 }]);
    await producer.close();
    await broker.close();

    const log = await openLog({ kafkaBrokers: '', dataDir });
    const { histories, facts, passedOver } = await readHistory('log', logEvents(log));
    await log.close();
    expect(histories.map(({ customer, purchases }) => [customer, purchases])).toEqual(
      ['a', 'b', 'c', 'd'].map((customer) => [customer, [1_000, 2_000, 3_000]]),
    );
    expect(facts).toMatchObject({ events: 12, customers: 4, from: 1_000, until: 3_000 });
    expect([...passedOver]).toEqual([['schema', 1]]);
  });

  it('says what to do when there is none', async () => {
    await expect(openLog({ kafkaBrokers: '', dataDir: join(dataDir, 'elsewhere') })).rejects.toThrow(
      /start Holdfast once/,
    );
  });
});
