import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker, openEmbeddedBroker, type StoredRecord } from '@holdfast/broker';
import { type Database } from '@holdfast/postgres';
import { DAY, INTERVENTION_EVENTS } from '@holdfast/schemas';
import { createContext, readSettings } from '@holdfast/service';
import { NestFactory } from '@nestjs/core';

import { DispatchModule } from './dispatch.module.js';
import { apply, type LedgerServer, startLedgerServer } from './fixtures/ledger.js';
import { crossed, NOON, purchased, tick } from './fixtures/risk-records.js';
import { Publisher } from './publisher.js';
import { dispatchSettings } from './settings.js';
import { onCommitted } from './stream-side.js';

let server: LedgerServer;
let directory: string;
let broker: Broker;
let database: Database;
beforeAll(async () => {
  server = await startLedgerServer();
  database = await server.create();
  directory = await mkdtemp(join(tmpdir(), 'holdfast-dispatch-log-'));
  broker = await openEmbeddedBroker({ directory });
  await broker.createTopics([{ name: INTERVENTION_EVENTS.name, partitions: 2, retentionDays: null }]);
});
afterAll(async () => {
  await broker.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Reads on until `count` records of a partition are there. */
async function read(partition: number, count: number): Promise<StoredRecord[]> {
  const stream = broker.open(INTERVENTION_EVENTS.name, partition, 0);
  const records: StoredRecord[] = [];
  while (records.length < count) {
    const next = await stream.next();
    if (next.length === 0) throw new Error('the log was closed');
    records.push(...next);
  }
  await stream.close();
  return records;
}
const tellingTypes = (records: readonly StoredRecord[]) =>
  records.map(({ key, headers, value }) => {
    const { type, decisionId } = INTERVENTION_EVENTS.decode(value);
    return [key, type, headers['event-id'] === `${decisionId}-${type}`];
  });

describe('dispatch beside its stream', () => {
  it('publishes what has happened, in order, each partition to its own', async () => {
    const rules = { cap: { count: 1, days: 30 } };
    await apply(database, [crossed('a', 'high'), purchased('a', { at: NOON + DAY }), tick(NOON + 31 * DAY)], {
      rules,
      partition: 1,
    });
    await apply(database, [crossed('b', 'high'), crossed('b', 'high', { at: NOON + 8 * DAY })], { rules });
    const publisher = new Publisher({ broker, database });
    await publisher.publish();
    await publisher.publish();
    await publisher.close();
    expect(tellingTypes(await read(1, 2))).toEqual([
      ['main/a', 'assigned', true],
      ['main/a', 'settled', true],
    ]);
    expect(tellingTypes(await read(0, 2))).toEqual([
      ['main/b', 'assigned', true],
      ['main/b', 'skipped', true],
    ]);
    const bounds = await broker.bounds(INTERVENTION_EVENTS.name);
    expect(bounds.map(({ end }) => end)).toEqual([2, 2]);
  });

  it('starts with the service, runs when the sink has committed, and stops with it', async () => {
    const resources = { broker, database };
    const context = createContext('dispatch', { logLevel: 'silent', processMetrics: false });
    const module = DispatchModule.register(context, resources, readSettings(dispatchSettings, {}));
    const app = await NestFactory.createApplicationContext(module, { logger: false });
    await apply(database, [crossed('c', 'medium')]);
    for (const tell of onCommitted(resources)) tell();
    expect(tellingTypes(await read(0, 3)).at(-1)).toEqual(['main/c', 'assigned', true]);
    await app.close();
    expect(onCommitted(resources).size).toBe(0);
  });

  it('refuses a webhook that it could not sign', () => {
    const context = createContext('dispatch', { logLevel: 'silent', processMetrics: false });
    const settings = readSettings(dispatchSettings, { DISPATCH_WEBHOOK_URL: 'http://shop.test' });
    expect(() => DispatchModule.register(context, { broker, database }, settings)).toThrow('DISPATCH_WEBHOOK_SECRET');
  });
});
