// The service as it runs: Nest, the runner, an embedded log and an embedded PostgreSQL.
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrokerRecord, openEmbeddedBroker } from '@holdfast/broker';
import { applyEvent, type CustomerFeatures } from '@holdfast/features';
import { encodeArtifact } from '@holdfast/model';
import { migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import {
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  customerKey,
  DAY,
  HEADERS,
  type Millis,
  RELEASE_SCHEMA,
  releaseCodec,
  type RiskEvent,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';
import { createContext, startServer } from '@holdfast/service';
import { prepareTopics, type Resources } from '@holdfast/stream';
import { anyArtifact, eventAt, foldTask, modelsOf, START } from '@holdfast/tasks/fixtures';

import { scoringTransport } from './scoring-transport.js';
import { ScoringModule } from './scoring.module.js';

const bytes = encodeArtifact(anyArtifact());
const hash = createHash('sha256').update(bytes).digest('hex');
const none = { id: 'x', sequence: 0 };

let directory: string;
let resources: Resources;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-scoring-'));
  await chmod(directory, 0o755); // as root, PostgreSQL runs as another user
  closing.push(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'models'));
  await writeFile(join(directory, 'models', `${hash}.json`), bytes);
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

const control = (schema: string, value: Uint8Array, at: Millis): BrokerRecord => ({
  key: null,
  value,
  headers: { [HEADERS.schema]: schema },
  at,
});
const tick = (at: Millis) => control(TICK_SCHEMA, tickCodec.encode({ type: 'tick', at }, none), at);

/** Everything in customer.risk up to the tick at `until`. */
async function riskUntil(until: Millis): Promise<RiskEvent[]> {
  const stream = resources.broker.open(CUSTOMER_RISK.name, 0, 0);
  const events: RiskEvent[] = [];
  for (;;) {
    for (const record of await stream.next()) {
      if (record.key !== null) events.push(CUSTOMER_RISK.decode(record.value));
      else if (record.headers[HEADERS.schema] === TICK_SCHEMA && record.at >= until) {
        await stream.close();
        return events;
      }
    }
  }
}

describe('the scoring service', () => {
  it('turns feature records and ticks into risk events, and goes on where it stopped', async () => {
    const events = [eventAt(0, 'purchase'), eventAt(120, 'purchase'), eventAt(121, 'view')];
    let features: CustomerFeatures | undefined;
    const records = events.map((event): BrokerRecord => {
      const { state, record } = applyEvent(features, event);
      features = state;
      const headers = { [HEADERS.schema]: CUSTOMER_FEATURES.schema };
      return { key: customerKey('main', 'c1'), value: CUSTOMER_FEATURES.encode(record, none), headers, at: record.at };
    });
    const release = control(RELEASE_SCHEMA, releaseCodec.encode({ type: 'release', at: 0, artifact: hash }, none), 0);
    const producer = await resources.broker.producer();
    const append = (batch: readonly BrokerRecord[]) => producer.append(CUSTOMER_FEATURES.name, 0, batch);
    const start = () => {
      const context = createContext('scoring', { logLevel: 'silent', processMetrics: false });
      const settings = { SCORING_MODELS_DIR: join(directory, 'models') };
      const modules = [ScoringModule.register(context, resources, settings)];
      const transports = [scoringTransport(context, resources, settings)];
      return startServer({ modules, transports }, { contexts: [context], host: '127.0.0.1', port: 0 });
    };

    const first = await start();
    await append([release, records[0]!, tick(START + 50 * DAY)]);
    await riskUntil(START + 50 * DAY);
    expect((await fetch(`${await first.getUrl()}/readyz`)).status).toBe(200);
    await first.close();

    const second = await start();
    await append([tick(START + 100 * DAY), ...records.slice(1), tick(START + 400 * DAY)]);
    const written = await riskUntil(START + 400 * DAY);
    const page = await (await fetch(`${await second.getUrl()}/metrics`)).text();
    await second.close();
    await producer.close();

    const { outputs } = foldTask(events, {
      untilDays: 400,
      shared: { model: hash },
      models: modelsOf({ [hash]: anyArtifact() }),
    });
    expect(written).toEqual(outputs);
    expect(written.filter(({ type }) => type === 'churn.risk.crossed.v1').length).toBeGreaterThanOrEqual(5);
    expect(page).toContain('type="churn.risk.crossed.v1",tier="lapsed",cause="silence"');
  });
});
