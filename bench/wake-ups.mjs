// Wake-ups at scale, on a local Kafka with a process a service and customers by the million who have a crossing ahead of them: what waiting costs, how
// late crossings are that are due in one second, how fast very many are worked off, and what that does to live events meanwhile.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { connectKafka } from '@holdfast/broker';
import { applyEvent } from '@holdfast/features';
import { crossingsAhead, decodeArtifact } from '@holdfast/model';
import { scoreRecord } from '@holdfast/risk';
import { CUSTOMER_RISK, HEADERS } from '@holdfast/schemas';

import { root } from '../tools/prepare.mjs';
import { purchasesOf, waitingCosts } from './idle.mjs';
import { send, traffic } from './load.mjs';
import { load, NEW_PER_SECOND } from './pipeline.mjs';
import { counter, quantile, startHoldfast, until } from './processes.mjs';
import { row } from './results.mjs';

const round = (value, digits = 1) => Number(value.toFixed(digits));
/** In the keys of customers of the traffic that goes on beside. */
const LIVE = '/customer-';
const SECOND = 1_000;
const DAY = 86_400_000;

/** `customers`: silent ones; `together` of others are due in one second, `many` at once. */
export async function wakeUps({ customers = 1_000_000, together = 1_000, many = 100_000 } = {}) {
  const name = `${customers} silent customers`;
  let holdfast = await startHoldfast('--no-replay', '--kafka');
  try {
    await load(holdfast, purchasesOf('silent'), customers);
    const rows = await waitingCosts(holdfast, { name, on: 'kafka', target: 5 });
    const broker = await connectKafka({ brokers: [holdfast.brokers], clientId: 'holdfast-bench' });
    try {
      rows.push(...(await crossing({ holdfast, broker, name, together, many })));
    } finally {
      await broker.close();
    }
    holdfast = await holdfast.restart();
    const [silent] = purchasesOf('silent');
    const seconds = await load(holdfast, [{ ...silent, messageId: 'again' }].values(), 1);
    const held = { against: 'target 2', ratio: round(seconds / 2, 2) };
    return [...rows, row(`restart with ${name}, until the first event is scored`, round(seconds, 2), 's', held)];
  } finally {
    await holdfast.stop();
  }
}

async function crossing({ holdfast, broker, name, together, many }) {
  const reader = listen(broker);
  const one = await dueAt(holdfast, { prefix: 'together', count: together, inSeconds: 30 });
  await until(() => reader.crossings(one).length, together, 'crossings due in one second', 120);
  const lags = reader.crossings(one);
  const late = quantile(lags, 0.99);

  const source = traffic({ seed: 11, customers: 5_000 });
  const live = (seconds) =>
    send(source, {
      url: holdfast.ingest,
      writeKey: holdfast.writeKey,
      count: seconds * 100,
      batch: 10,
      perSecond: 100,
    });
  await live(10);
  const before = reader.takePurchases();
  const all = await dueAt(holdfast, { prefix: 'many', count: many, inSeconds: 60 + many / NEW_PER_SECOND });
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, all - Date.now())));
  reader.takePurchases();
  const working = live(20);
  await until(() => reader.crossings(all).length, many, 'crossings due at once', 300);
  const perSecond = many / (reader.crossings(all).reduce((a, b) => Math.max(a, b), 0) / SECOND);
  await working;
  const during = reader.takePurchases();
  await reader.close();
  const [p99Before, p99During] = [quantile(before, 0.99), quantile(during, 0.99)];
  return [
    row(`${together} crossings due in one second among ${name}, p99 late`, round(late, 0), 'ms', {
      ...{ runs: lags.length, against: 'target 1000', ratio: round(late / 1_000, 2) },
    }),
    row(`${many} crossings due at once among ${name}`, round(perSecond, 0), 'a second', {
      ...{ against: 'target 10000', ratio: round(perSecond / 10_000, 2) },
    }),
    row('live purchases meanwhile, p99 from HTTP to risk event', round(p99During, 0), 'ms', {
      ...{ runs: during.length, against: `${round(p99Before, 0)} before`, ratio: round(p99During / p99Before, 2) },
    }),
  ];
}

/** Imports customers who bought once, so long ago that they cross in `inSeconds`. Resolves to that instant, once scoring knows them. */
async function dueAt(holdfast, { prefix, count, inSeconds }) {
  const champion = (await readFile(join(root, 'models', 'champion'), 'utf8')).trim();
  const artifact = decodeArtifact(await readFile(join(root, 'models', `${champion}.json`)));
  const purchase = (at, customer = 'c') => ({ messageId: customer, customer, type: 'purchase', occurredAt: at, amountMinor: 2_000, currency: 'GBP' }); // prettier-ignore
  const crossingOf = (at) => {
    const { record } = applyEvent(undefined, {
      ...purchase(at),
      shop: 'main',
      receivedAt: at,
      origin: 'import',
      rate: 1,
    });
    const state = scoreRecord(undefined, record, { hash: champion, artifact, drawnBy: undefined, at });
    return crossingsAhead(state, artifact, at)[0].at;
  };
  const wanted = Date.now() + inSeconds * SECOND;
  let at = wanted - 10 * DAY;
  for (let i = 0; i < 20; i++) at += wanted - crossingOf(at);
  at = Math.round(at);
  const applied = () =>
    counter(holdfast.metrics.scoring, 'holdfast_stream_records_total', { stage: 'scoring', outcome: 'applied' });
  const known = await applied();
  const authorization = `Basic ${Buffer.from(`${holdfast.writeKey}:`).toString('base64')}`;
  for (let first = 0; first < count; first += 500) {
    const batch = Array.from({ length: Math.min(500, count - first) }, (_, i) => ({
      ...purchase(at, `${prefix}-${first + i}`),
      occurredAt: new Date(at).toISOString(),
    }));
    const response = await fetch(`${holdfast.ingest}/v1/import`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    if (!response.ok) throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
    const { rejected } = await response.json();
    if (rejected.length > 0) throw new Error(JSON.stringify(rejected[0]));
  }
  await until(applied, known + count, 'imported purchases applied by scoring', inSeconds);
  return crossingOf(at);
}

/** Follows customer.risk from its present end: how late crossings were, by their instant, and how old purchases. */
function listen(broker) {
  const crossings = new Map();
  let purchases = [];
  const streams = [];
  const reading = broker.bounds(CUSTOMER_RISK.name).then((bounds) =>
    Promise.all(
      bounds.map(async ({ end }, partition) => {
        const stream = broker.open(CUSTOMER_RISK.name, partition, end);
        streams.push(stream);
        for (;;) {
          const records = await stream.next();
          if (records.length === 0) return;
          const now = Date.now();
          for (const { key, at, value, headers } of records) {
            if (key === null || headers[HEADERS.schema] !== CUSTOMER_RISK.schema) continue;
            const text = Buffer.from(value).toString('latin1');
            if (text.includes('"churn.risk.crossed.v1"')) {
              if (!crossings.has(at)) crossings.set(at, []);
              crossings.get(at).push(now - at);
            } else if (key.includes(LIVE) && text.includes('"customer.purchased.v1"')) purchases.push(now - at);
          }
        }
      }),
    ),
  );
  return {
    /** Milliseconds after the instant. */
    crossings: (at) => crossings.get(at) ?? [],
    takePurchases() {
      const taken = purchases;
      purchases = [];
      return taken;
    },
    async close() {
      await Promise.all(streams.map((stream) => stream.close()));
      await reading;
    },
  };
}
