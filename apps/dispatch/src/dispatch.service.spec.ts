// The service as it runs: Nest, the runner, an embedded log, an embedded PostgreSQL, and a shop that takes webhooks.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrokerRecord, openEmbeddedBroker } from '@holdfast/broker';
import { listDecisions } from '@holdfast/postgres';
import {
  CUSTOMER_RISK,
  DAY,
  HEADERS,
  INTERVENTION_EVENTS,
  type InterventionEvent,
  MINUTE,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';
import { createContext, readSettings, startServer } from '@holdfast/service';
import { prepareTopics, type Resources } from '@holdfast/stream';

import { dispatchTransport } from './dispatch-transport.js';
import { DispatchModule } from './dispatch.module.js';
import { type LedgerServer, startLedgerServer } from './fixtures/ledger.js';
import { crossed, purchased, type RiskRecord, tick } from './fixtures/risk-records.js';
import { dispatchSettings } from './settings.js';

let server: LedgerServer;
let resources: Resources;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startLedgerServer();
  closing.push(() => server.stop());
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-dispatch-log-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const broker = await openEmbeddedBroker({ directory });
  closing.push(() => broker.close());
  resources = { broker, database: await server.create() };
  await prepareTopics(resources, 1);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

function stored(record: RiskRecord): BrokerRecord {
  const { at } = record;
  if (record.kind === 'tick') {
    const value = tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 });
    return { key: null, value, headers: { [HEADERS.schema]: TICK_SCHEMA }, at };
  }
  const { id, key, sequence } = record;
  const headers = { [HEADERS.schema]: CUSTOMER_RISK.schema, [HEADERS.eventId]: id };
  return { key, value: CUSTOMER_RISK.encode(record.value, { id, sequence }), headers, at };
}

/** The first `count` records of intervention.events. */
async function interventions(count: number): Promise<InterventionEvent[]> {
  const stream = resources.broker.open(INTERVENTION_EVENTS.name, 0, 0);
  const events: InterventionEvent[] = [];
  while (events.length < count) {
    const records = await stream.next();
    if (records.length === 0) throw new Error('the log was closed');
    events.push(...records.map(({ value }) => INTERVENTION_EVENTS.decode(value)));
  }
  await stream.close();
  return events;
}

describe('the dispatch service', () => {
  it('decides, sends, goes on where it stopped, and settles', async () => {
    const received: IncomingHttpHeaders[] = [];
    const shop = createServer((request, response) => {
      received.push(request.headers);
      request.resume().on('end', () => response.writeHead(204).end());
    });
    await once(shop.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => new Promise((resolve) => shop.close(() => resolve())));
    const settings = readSettings(dispatchSettings, {
      DISPATCH_WEBHOOK_URL: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
      DISPATCH_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      DISPATCH_DEFAULT_CONSENT: 'true',
      DISPATCH_HOLD_OUT_SHARE: '0',
      DISPATCH_SILENCE_HOLD_SECONDS: '0',
      DISPATCH_QUIET_FROM_HOUR: '0',
      DISPATCH_QUIET_UNTIL_HOUR: '0',
    });
    const start = () => {
      const context = createContext('dispatch', { logLevel: 'silent', processMetrics: false });
      const modules = [DispatchModule.register(context, resources, settings)];
      const transports = [dispatchTransport(context, resources, settings)];
      return startServer({ modules, transports }, { contexts: [context], host: '127.0.0.1', port: 0 });
    };
    const producer = await resources.broker.producer();
    const append = (...records: RiskRecord[]) => producer.append(CUSTOMER_RISK.name, 0, records.map(stored));
    const at = Date.now() - MINUTE;

    const first = await start();
    const simulated = crossed('replayed', 'high', { at, origin: 'replay' });
    await append(simulated, crossed('c', 'high', { at }), tick(at + MINUTE));
    expect((await interventions(3)).map(({ type, customer }) => `${customer} ${type}`)).toEqual([
      'replayed assigned',
      'c assigned',
      'c sent',
    ]);
    expect((await fetch(`${await first.getUrl()}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${await first.getUrl()}/metrics`)).text()).toContain('channel="webhook",outcome="sent"');
    await first.close();

    const second = await start();
    await append(purchased('c', { at: at + DAY }), tick(at + 31 * DAY));
    const settled = (await interventions(5)).slice(3);
    await second.close();
    await producer.close();
    expect(settled.map(({ type, customer, outcome }) => [type, customer, outcome?.purchased]).sort()).toEqual([
      ['settled', 'c', true],
      ['settled', 'replayed', false],
    ]);
    const { items } = await listDecisions(resources.database, { shop: 'main' });
    expect(items.map(({ customer, message }) => [customer, message]).sort()).toEqual([
      ['c', 'sent'],
      ['replayed', 'simulated'],
    ]);
    expect(received.map((headers) => headers['webhook-id'])).toEqual([
      items.find(({ customer }) => customer === 'c')!.id,
    ]);
  });
});
