// Customers as they were, over HTTP, out of a real log.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrokerRecord, openEmbeddedBroker } from '@holdfast/broker';
import { encodeArtifact } from '@holdfast/model';
import { registerTopics, saveDecisions } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, CUSTOMER_RISK, DAY, HEADERS, TOPICS, toIso } from '@holdfast/schemas';
import { anyArtifact, START } from '@holdfast/tasks/fixtures';
import { LOG_IDS, loggedShop, publishedOf } from '@holdfast/tasks/logged-shop';
import { openModels } from '@holdfast/tasks';
import { type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { type DecisionTrace, decisionTrace } from './api/decision-trace.js';
import { type RiskAt, riskAt } from './api/risk-at.js';
import { startConsole, startGround } from './running-console.fixture.js';

let ground: Awaited<ReturnType<typeof startGround>>;
let console: Awaited<ReturnType<typeof startConsole>>;
let directory: string;
let closeLog: () => Promise<void>;
let risk: readonly BrokerRecord[];
let hashes: string[];

beforeAll(async () => {
  ground = await startGround();
  directory = await mkdtemp(join(tmpdir(), 'holdfast-log-'));
  hashes = await Promise.all([1, 2].map((seed) => writeRelease(seed)));
  const log = loggedShop(hashes[0], hashes[1]);
  const published = publishedOf(log, openModels(ground.models));
  risk = published.risk;
  const broker = await openEmbeddedBroker({ directory });
  closeLog = () => broker.close();
  await broker.createTopics(TOPICS.map(({ name }) => ({ name, partitions: 1, retentionDays: null })));
  const logIds = new Map([[BEHAVIOR_EVENTS.name, LOG_IDS.events], [CUSTOMER_FEATURES.name, LOG_IDS.features]]); // prettier-ignore
  await registerTopics(
    ground.database,
    TOPICS.map(({ name }) => ({ name, logId: logIds.get(name) ?? '00000000', partitions: 1 })),
  );
  const producer = await broker.producer();
  await producer.append(BEHAVIOR_EVENTS.name, 0, log);
  await producer.append(CUSTOMER_RISK.name, 0, risk);
  await producer.close();
  console = await startConsole(ground.database, { SCORING_MODELS_DIR: ground.models }, { broker });
});
afterAll(async () => {
  await console?.stop();
  await closeLog?.();
  await ground?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function writeRelease(seed: number): Promise<string> {
  const bytes = encodeArtifact(anyArtifact(seed));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(ground.models, `${hash}.json`), bytes);
  return hash;
}
const instant = (day: number) => toIso(START + day * DAY);
const urlOf = (customer: string, at: string) =>
  `/api/customers/${encodeURIComponent(customer)}/risk?at=${encodeURIComponent(at)}`;

/** The text of an answer that fits its schema. */
async function read(path: string, schema: TSchema): Promise<string> {
  const response = await console.get(path);
  const text = await response.text();
  expect([path, response.status, text.slice(0, 300)]).toEqual([path, 200, expect.anything()]);
  expect([...Value.Errors(schema, JSON.parse(text))].slice(0, 3)).toEqual([]);
  return text;
}

describe('the risk of a customer at an instant of the past', () => {
  it('names events, features, model and thresholds, and all of it comes out again', async () => {
    const path = urlOf('ann', instant(100));
    const text = await read(path, riskAt);
    const found = JSON.parse(text) as RiskAt;
    expect(found.events.map(({ id }) => id)).toEqual([
      ...['ann-0.1-view', 'ann-0.2-purchase', 'ann-9-cart', 'ann-20-purchase', 'ann-56-view'],
    ]);
    expect(found.scored).toMatchObject({ model: hashes[1], orders: 2, silenceDays: 44 });
    expect(found.scored!.features.length).toBeGreaterThan(40);
    expect(found.said.length).toBeGreaterThan(4);
    for (const { id, isSame } of found.said) expect([id, isSame]).toEqual([expect.any(String), true]);
    expect(await read(path, riskAt)).toBe(text);
  });

  it('agrees with what was published at that instant', async () => {
    const crossings = risk
      .filter(({ key }) => key === 'main/ann')
      .map(({ value }) => CUSTOMER_RISK.decode(value))
      .filter((event) => event.type === 'churn.risk.crossed.v1');
    expect(crossings.length).toBeGreaterThan(3);
    for (const { at, data } of crossings) {
      const { scored, said } = JSON.parse(await read(urlOf('ann', toIso(at)), riskAt)) as RiskAt;
      expect(scored).toMatchObject({ tier: data.tier.to, risk: data.risk, model: data.model, reasons: data.reasons });
      expect(scored!.crossings).toEqual(data.forecast);
      expect(scored!.thresholds.version).toBe(data.thresholdsVersion);
      expect(said.at(-1)!.at).toBe(toIso(at));
    }
  });

  it('knows who has a slash in the name, and says what it cannot answer', async () => {
    const { customer } = JSON.parse(await read(urlOf('ann/2', instant(5)), riskAt)) as RiskAt;
    expect(customer).toBe('ann/2');
    const failures = [
      [urlOf('ann', instant(0)), 404, 'Nothing was known of "ann" at 2024-01-01T12:00:00.000Z in this shop.'],
      [urlOf('nobody', instant(5)), 404, 'Nothing was known of "nobody"'],
      [urlOf('ann', '2999-01-01T00:00:00Z'), 400, '`at` must not be later'],
      [urlOf('ann', 'yesterday'), 400, 'The parameter "at" (when, like 2025-03-01T12:00:00Z'],
      ['/api/customers/ann/risk', 400, 'The parameter "at" (when, like 2025-03-01T12:00:00Z'],
      ['/api/decisions/none', 404, 'There is no decision "none"'],
    ] as const;
    for (const [path, status, sentence] of failures) {
      const response = await console.get(path);
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
        status,
        expect.stringContaining(sentence),
      ]);
    }
  });

  it('says so when what was published is not what comes out', async () => {
    const environment = { SCORING_MODELS_DIR: ground.models };
    const other = await startConsole(ground.database, environment, { broker: await tampered() });
    const found = (await (await other.get(urlOf('ann', instant(399)))).json()) as RiskAt;
    await other.stop();
    expect(found.said.filter(({ isSame }) => isSame === false)).toHaveLength(1);
    expect(found.said.filter(({ isSame }) => isSame === null)).toHaveLength(1);
  });
});

describe('a decision', () => {
  it('is shown with what led to it and what was known then', async () => {
    const cause = risk.find(({ value }) => Buffer.from(value).includes('"churn.risk.crossed.v1"'))!;
    const event = CUSTOMER_RISK.decode(cause.value);
    const id = `${cause.headers[HEADERS.eventId]}-check-in`;
    const { at, customer } = event;
    const of = { shop: 'main', id, customer, playbook: 'check-in', origin: 'live', isSimulated: false } as const;
    const drawn = { arm: 'treatment', propensity: 0.9, isUnit: true, channel: 'email', discountPercent: null } as const;
    const times = { at, sendAt: at, expiresAt: null, openUntil: at + DAY, maturesAt: at + DAY };
    const was = { risk: 0.5, priorOrders: 1, priorSpendMinor: 1000, costMinor: 10, code: null };
    await ground.database.transaction((tx) => saveDecisions(tx, 0, [{ ...of, ...drawn, ...times, ...was }]));
    const trace = JSON.parse(await read(`/api/decisions/${encodeURIComponent(id)}`, decisionTrace)) as DecisionTrace;
    expect(trace.decision).toMatchObject({ id, customer, arm: 'treatment', propensity: 0.9 });
    expect(trace.cause).toEqual(JSON.parse(Buffer.from(cause.value).toString()));
    expect(trace.known!.said.find((said) => said.id === cause.headers[HEADERS.eventId])!.isSame).toBe(true);
  });
});

/** The log with one record of ann's changed in customer.risk, and one missing. */
async function tampered() {
  const broker = await openEmbeddedBroker({ directory: await mkdtemp(join(directory, 'tampered-')) });
  await broker.createTopics(TOPICS.map(({ name }) => ({ name, partitions: 1, retentionDays: null })));
  const theirs = risk.filter(({ key }) => key === 'main/ann');
  const value = Buffer.from(Buffer.from(theirs[1]!.value).toString().replace('"subject":"ann"', '"subject":"amn"'));
  const producer = await broker.producer();
  await producer.append(BEHAVIOR_EVENTS.name, 0, loggedShop(hashes[0], hashes[1]));
  await producer.append(CUSTOMER_RISK.name, 0, [{ ...theirs[1]!, value }, ...theirs.slice(2, -1), theirs[0]!]);
  await producer.close();
  const close = closeLog;
  closeLog = async () => {
    await broker.close();
    await close();
  };
  return broker;
}
