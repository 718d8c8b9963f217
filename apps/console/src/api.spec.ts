import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beginReplay, type Database, goLive, listCustomers } from '@holdfast/postgres';
import { customerKey, DAY, type FeatureRecord, type RiskEvent, toIso } from '@holdfast/schemas';
import { type SinkRecord } from '@holdfast/stream';
import { type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { customer as customerSchema, type Customer } from './api/customer.js';
import { customersPage, type CustomersPage } from './api/customers.js';
import { effects } from './api/effects.js';
import { overview as overviewSchema, type Overview } from './api/overview.js';
import { summary as summarySchema } from './api/summary.js';
import { featuresSink } from './features-sink.js';
import { riskSink } from './risk-sink.js';
import { startConsole, startGround } from './running-console.fixture.js';
import { seedShop } from './seeded-shop.fixture.js';

const NOW = Math.floor(Date.now() / 1000) * 1000;
const CUSTOMERS = 150;

let ground: Awaited<ReturnType<typeof startGround>>;
let console: Awaited<ReturnType<typeof startConsole>>;
let db: Database;

beforeAll(async () => {
  ground = await startGround();
  db = ground.database;
  await seedShop(db, {
    customers: CUSTOMERS,
    now: NOW,
    origin: 'replay',
    model: ground.release,
    names: ['a/b?c#d%25 ü'],
  });
  console = await startConsole(db, { SCORING_MODELS_DIR: ground.models });
});
afterAll(async () => {
  await console?.stop();
  await ground?.stop();
});

/** Fetches, and checks the answer against its published schema. */
async function read<T>(path: string, schema: TSchema): Promise<T> {
  const response = await console.get(path);
  expect([path, response.status]).toEqual([path, 200]);
  const body: unknown = await response.json();
  expect([...Value.Errors(schema, body)].slice(0, 3)).toEqual([]);
  return body as T;
}
const overview = () => read<Overview>('/api/overview', overviewSchema);
const page = (query: string) => read<CustomersPage>(`/api/customers${query}`, customersPage);

describe('the overview', () => {
  it('counts customers by tier, crossings by day and cause, decisions and effects', async () => {
    const seen = await overview();
    expect(seen.customers).toBe(CUSTOMERS);
    expect(seen.tiers.reduce((sum, tier) => sum + tier.customers, 0)).toBe(CUSTOMERS);
    const high = seen.tiers.find((tier) => tier.tier === 'high')!;
    expect(high.customers).toBeGreaterThan(high.bySilence);
    expect(high.bySilence).toBeGreaterThan(0);
    expect(high.valueAtRiskMinor).toBeGreaterThan(0);
    const { crossings } = await read<{ crossings: { tier: string; cause: string; count: number }[] }>(
      '/api/summary',
      summarySchema,
    );
    for (const { tier, cause, count } of crossings) {
      const line = seen.daily.series.find((s) => s.type === 'crossed' && s.tier === tier && s.cause === cause)!;
      expect(line.counts).toHaveLength(seen.daily.days);
      expect(line.counts.reduce((a, b) => a + b, 0)).toBe(count);
    }
    expect(seen.recent.map((item) => item.at)).toEqual(
      seen.recent
        .map((item) => item.at)
        .sort()
        .reverse(),
    );
    expect(new Set(seen.actions.decisions.map((d) => `${d.name}/${d.arm}`)).size).toBe(4);
    expect(seen.actions.messages[0]!.state).toBe('simulated');
    expect(await read('/api/effects', effects)).toEqual({ effects: seen.effects });
    expect(seen.effects.map((effect) => effect.isSimulated)).toEqual([true, true]);
  });

  it('says during and after a replay that all is simulated', async () => {
    expect((await overview()).clock).toMatchObject({ mode: 'live', simulated: false, replay: null });
    await beginReplay(db, { name: 'a-shop', hash: 'x', weekShiftMs: 0 });
    expect((await overview()).clock).toMatchObject({
      mode: 'replay',
      simulated: true,
      replay: { name: 'a-shop', lines: 0 },
    });
    await goLive(db);
    expect((await overview()).clock).toMatchObject({ mode: 'live', simulated: true, replay: { progress: 1 } });
  });

  it('is sent to listeners when something has changed', async () => {
    const response = await console.get('/api/stream');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body!.getReader();
    const snapshot = async (): Promise<Overview> => {
      let text = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        text += new TextDecoder().decode(value);
        const match = /event: overview\ndata: (.*)\n\n/.exec(text);
        if (match) return JSON.parse(match[1]!) as Overview;
      }
    };
    expect((await snapshot()).customers).toBe(CUSTOMERS);
    await applyFeatures([feature('late-comer', 1)]);
    console.changed();
    expect((await snapshot()).customers).toBe(CUSTOMERS + 1);
    await reader.cancel();
  });
});

describe('the list of customers', () => {
  it('is sorted by risk, then value at risk, and loses nobody between pages', async () => {
    const seen: CustomersPage['customers'] = [];
    let cursor = '';
    for (;;) {
      const next = await page(cursor && `?cursor=${cursor}`);
      seen.push(...next.customers);
      if (next.next === null) break;
      cursor = encodeURIComponent(next.next);
    }
    const all = await listCustomers(db, { shop: 'main', limit: 10_000 });
    expect(all).toHaveLength((await overview()).customers);
    expect(seen.map((c) => c.customer)).toEqual(all.map((c) => c.customer));
    for (let i = 1; i < all.length; i++) {
      const [before, after] = [all[i - 1]!, all[i]!];
      const isLower = after.tierRank < before.tierRank;
      expect(isLower || (after.tierRank === before.tierRank && after.valueAtRiskMinor <= before.valueAtRiskMinor)).toBe(
        true,
      );
    }
  });

  it('shows the risk of this moment and the next crossing, which is never in the past', async () => {
    const { customers } = await page('?tier=medium');
    for (const { risk, next } of customers) {
      expect(risk).toBeGreaterThan(0.55);
      expect(Date.parse(next!.at)).toBeGreaterThan(NOW);
    }
    expect(new Set(customers.map((c) => c.risk)).size).toBeGreaterThan(1);
  });

  it('is filtered by tier and by part of a name', async () => {
    const { customers } = await page('?tier=high');
    expect(customers.length).toBeGreaterThan(0);
    expect(new Set(customers.map((c) => c.tier))).toEqual(new Set(['high']));
    expect((await page(`?q=${encodeURIComponent('B?C#')}`)).customers.map((c) => c.customer)).toEqual(['a/b?c#d%25 ü']);
    expect((await page('?q=nobody')).customers).toEqual([]);
  });

  it('refuses what it does not understand with a sentence', async () => {
    for (const query of ['?tier=huge', '?cursor=abc', '?q=1&q=2']) {
      const response = await console.get(`/api/customers${query}`);
      expect([query, response.status]).toEqual([query, 400]);
      expect(await response.json()).toEqual({ error: expect.stringMatching(/^[A-Z`].+\.$/) });
    }
  });
});

describe('one customer', () => {
  it('has a profile, a curve with its crossings, reasons, events and decisions, whatever the name', async () => {
    const { customers } = await page('?tier=medium');
    for (const name of [customers[0]!.customer, 'a/b?c#d%25 ü']) {
      const seen = await read<Customer>(`/api/customers/${encodeURIComponent(name)}`, customerSchema);
      expect(seen.profile.customer).toBe(name);
      expect(seen.events.length).toBeGreaterThan(0);
      expect(seen.curve!.points).toHaveLength(160);
    }
    const { profile, curve, risk, decisions, reasons } = await read<Customer>(
      `/api/customers/${customers[0]!.customer}`,
      customerSchema,
    );
    const sum = reasons.reduce((a, r) => a + r.weight, 0);
    expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(curve!.riskNow, 9);
    const next = curve!.crossings.find((crossing) => crossing.at > curve!.now)!;
    expect(next.tier).toBe('high');
    expect(Math.abs(Date.parse(next.at) - Date.parse(profile.next!.at))).toBeLessThan(DAY);
    expect(risk[0]!.tierTo).toBe('medium');
    expect(decisions.every((decision) => decision.isSimulated)).toBe(true);
  });

  it('is answered with 404 and a sentence when nobody of that name has been seen', async () => {
    const response = await console.get('/api/customers/nobody');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'No customer "nobody" has been seen in this shop.' });
    expect((await console.get(`/api/customers/${'x'.repeat(200)}`)).status).toBe(404);
  });
});

describe('the summary', () => {
  it('counts up to an instant', async () => {
    const early = await read<{ customers: number }>(`/api/summary?until=${toIso(NOW - 400 * DAY)}`, summarySchema);
    const all = await read<{ customers: number }>('/api/summary', summarySchema);
    expect(early.customers).toBeLessThan(all.customers);
    expect(await (await console.get('/api/summary?until=yesterday')).json()).toEqual({ error: expect.any(String) });
  });
});

describe('the sinks', () => {
  it('change nothing when a batch is applied again, and never let an older record win', async () => {
    const name = 'twice';
    const records = [1, 2, 3].map((sequence) => feature(name, sequence));
    const crossing = risk(name, 1, 'high');
    await applyFeatures(records);
    await applyRisk([crossing]);
    const before = [await console.get(`/api/customers/${name}`).then((r) => r.json()), await overview()];
    await applyFeatures(records);
    await applyFeatures([feature(name, 2)]);
    await applyRisk([crossing]);
    const after = [await console.get(`/api/customers/${name}`).then((r) => r.json()), await overview()];
    expect(withoutTime(after)).toEqual(withoutTime(before));
    expect(before[0]).toMatchObject({ profile: { orders: 3, tier: 'high' }, events: { length: 3 } });
  });

  it('say the same wherever a batch is cut', async () => {
    const batch = (name: string) => [1, 2, 3, 4].map((sequence) => risk(name, sequence, sequence % 2 ? 'high' : 'low'));
    await applyRisk(batch('whole'));
    for (const record of batch('sliced')) await applyRisk([record]);
    const [whole, sliced] = await Promise.all(
      ['whole', 'sliced'].map(async (name) => (await console.get(`/api/customers/${name}`)).text()),
    );
    expect(sliced!.replaceAll('sliced', 'whole')).toBe(whole);
  });

  it('keep the last events of a customer only', async () => {
    await applyFeatures(Array.from({ length: 95 }, (_, i) => feature('busy', i + 1)));
    const { events } = await read<Customer>('/api/customers/busy', customerSchema);
    expect(events).toHaveLength(40);
    expect(events[0]!.id).toBe('busy-95');
  });
});

const withoutTime = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, v: unknown) => (key === 'now' || key === 'lastEventAgeSeconds' ? null : v)));

const applyFeatures = (records: SinkRecord<FeatureRecord>[]) =>
  db.transaction((tx) => featuresSink(() => undefined).apply(records, 0, tx));
const applyRisk = (records: SinkRecord<RiskEvent>[]) =>
  db.transaction((tx) => riskSink(() => undefined).apply(records, 0, tx));

function feature(customer: string, sequence: number): SinkRecord<FeatureRecord> {
  const at = NOW - 1000 * (200 - sequence);
  const value: FeatureRecord = {
    shop: 'main', customer, messageId: `${customer}-${sequence}`, type: 'purchase', at, occurredAt: at, origin: 'live', kind: 'activity', late: false,
    x: [], w: [], featureSet: 'test', firstSeenAt: NOW - DAY, lastActivityAt: at, lastPurchaseAt: at, amountMinor: 100 * sequence,
    profile: { events: sequence, sessions: 1, orders: sequence, spendMinor: 100 * sequence },
  }; // prettier-ignore
  return { kind: 'record', key: customerKey('main', customer), id: `${customer}-${sequence}`, at, sequence, value };
}

function risk(customer: string, sequence: number, to: 'high' | 'low'): SinkRecord<RiskEvent> {
  const at = NOW - 1000 * (100 - sequence);
  const value: RiskEvent = {
    type: to === 'high' ? 'churn.risk.crossed.v1' : 'churn.risk.recovered.v1', shop: 'main', customer, at,
    data: {
      origin: 'live', tier: { from: to === 'high' ? 'low' : 'high', to }, threshold: null, thresholdsVersion: 'test', risk: to === 'high' ? 0.8 : 0.1, cause: 'event',
      silenceDays: 0, forecast: [], valueAtRiskMinor: 100, orders: 3, reasons: [{ name: 'event', weight: 1 }], model: 'test',
    },
  }; // prettier-ignore
  return {
    kind: 'record',
    key: customerKey('main', customer),
    id: `risk-${customer}-${sequence}`,
    at,
    sequence,
    value,
  };
}
