// The whole pipeline: how fast, how late, and what it costs to wait. Each part gives rows for the results file.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { connectKafka } from '@holdfast/broker';
import { CUSTOMER_RISK, HEADERS } from '@holdfast/schemas';

import { counter, cpuSeconds, median, quantile, startHoldfast, until } from './processes.mjs';
import { root } from '../tools/prepare.mjs';
import { row } from './results.mjs';
import { send, traffic } from './load.mjs';

const round = (value, digits = 1) => Number(value.toFixed(digits));
const STAGES = ['features', 'scoring'];
/** Customers who are new are taken in so fast at least: each is a row of the database twice. */
export const NEW_PER_SECOND = 500;

/** Replay of Online Retail II in one process, `runs` times: wall seconds. */
export async function replay({ runs = 3 } = {}) {
  const seconds = [];
  for (let run = 0; run < runs; run++) {
    const holdfast = await startHoldfast('--exit-after-replay', '--json', `/dev/null`);
    const started = performance.now();
    await holdfast.ended;
    seconds.push((performance.now() - started) / 1_000);
    await holdfast.stop();
  }
  return [
    row('replay of Online Retail II, embedded', round(median(seconds)), 's', {
      runs,
      against: 'target 60',
      ratio: round(median(seconds) / 60, 2),
    }),
  ];
}

/** Live events through one process on the embedded broker, until every stage has applied them. */
export async function embedded({ runs = 3, count = 50_000 } = {}) {
  const rates = [];
  const costs = [];
  for (let run = 0; run < runs; run++) {
    const holdfast = await startHoldfast('--no-replay');
    try {
      const source = traffic({ seed: run + 1, customers: 5_000 });
      await load(holdfast, source, 5_000); // compiled and warm before it counts
      const before = cpuSeconds(holdfast.pid);
      const seconds = await load(holdfast, source, count);
      rates.push(count / seconds);
      costs.push(((cpuSeconds(holdfast.pid) - before) / count) * 1e6);
    } finally {
      await holdfast.stop();
    }
  }
  return [
    row('end to end, embedded broker, one process', round(median(rates), 0), 'events/s', {
      runs,
      against: 'target 5000',
      ratio: round(median(rates) / 5_000, 2),
    }),
    row('CPU of that process', round(median(costs)), 'µs/event', { runs }),
  ];
}

/** The same on a local Kafka with every service its own process: throughput, CPU by service, latency at 1,000 events/s. */
export async function kafka({ count = 50_000, latencySeconds = 20 } = {}) {
  const holdfast = await startHoldfast('--no-replay', '--kafka');
  try {
    const source = traffic({ seed: 7, customers: 5_000 });
    await load(holdfast, source, 5_000);
    const services = Object.entries(holdfast.pids);
    const before = services.map(([, pid]) => cpuSeconds(pid));
    const seconds = await load(holdfast, source, count);
    const rows = [row('end to end, local Kafka, a process a service', round(count / seconds, 0), 'events/s')];
    for (const [i, [name, pid]] of services.entries()) {
      const cost = ((cpuSeconds(pid) - before[i]) / count) * 1e6;
      const target = name === 'features' ? { against: 'target 20', ratio: round(cost / 20, 2) } : {};
      rows.push(row(`CPU of ${name}, local Kafka`, round(cost), 'µs/event', target));
    }
    const ages = await latencies(holdfast, source, latencySeconds);
    rows.push(
      row('HTTP accept to risk event at 1,000 events/s, p50', round(quantile(ages, 0.5)), 'ms', { runs: ages.length }),
    );
    const p99 = quantile(ages, 0.99);
    rows.push(
      row('HTTP accept to risk event at 1,000 events/s, p99', round(p99), 'ms', {
        runs: ages.length,
        against: 'target 250',
        ratio: round(p99 / 250, 2),
      }),
    );
    return rows;
  } finally {
    await holdfast.stop();
  }
}

/** A fresh clone to the first risk event that the console shows; needs the package registry. */
export async function fresh() {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-fresh-'));
  const started = performance.now();
  await done(spawn('git', ['clone', '-q', root, folder]));
  const child = spawn('npm', ['start', '--silent', '--', '--port', '0'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    const address = () => /http:\/\/[\d.]+:\d+/.exec(printed)?.[0];
    await until(async () => (address() ? 1 : 0), 1, 'the address of the console', 600);
    const crossings = async () => {
      const answer = await fetch(`${address()}/api/overview`)
        .then((r) => r.json())
        .catch(() => ({}));
      return (answer.recent ?? []).length;
    };
    await until(crossings, 1, 'the first risk event', 600);
    const seconds = (performance.now() - started) / 1_000;
    return [
      row('fresh clone to first risk event on the page', round(seconds), 's', {
        against: 'target 300',
        ratio: round(seconds / 300, 2),
      }),
    ];
  } finally {
    process.kill(-child.pid, 'SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
}

const done = (child) =>
  new Promise((resolve, reject) =>
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit code ${code}`)))),
  );

/** Posts `count` events and waits until features and scoring have applied them all. Seconds from the first post on. */
export async function load(holdfast, source, count) {
  const applied = (stage) =>
    counter(holdfast.metrics[stage], 'holdfast_stream_records_total', { stage, outcome: 'applied' });
  const before = await Promise.all(STAGES.map(applied));
  const started = performance.now();
  await send(source, { url: holdfast.ingest, writeKey: holdfast.writeKey, count });
  for (const [i, stage] of STAGES.entries())
    await until(
      () => applied(stage),
      before[i] + count,
      `events applied by ${stage}`,
      Math.max(300, count / NEW_PER_SECOND),
    );
  return (performance.now() - started) / 1_000;
}

/** Ages, ms, of the purchases on customer.risk when our own reader sees them, at 1,000 events/s. */
async function latencies(holdfast, source, seconds) {
  const broker = await connectKafka({ brokers: [holdfast.brokers], clientId: 'holdfast-bench' });
  const bounds = await broker.bounds(CUSTOMER_RISK.name);
  const ages = [];
  const streams = bounds.map(({ end }, partition) => broker.open(CUSTOMER_RISK.name, partition, end));
  const readers = streams.map(async (stream) => {
    for (;;) {
      const records = await stream.next();
      if (records.length === 0) return;
      const now = Date.now();
      for (const { headers, at, key } of records)
        if (key !== null && headers[HEADERS.schema] === CUSTOMER_RISK.schema) ages.push(now - at);
    }
  });
  try {
    await send(source, {
      url: holdfast.ingest,
      writeKey: holdfast.writeKey,
      count: seconds * 1_000,
      batch: 10,
      perSecond: 1_000,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  } finally {
    await Promise.all(streams.map((stream) => stream.close()));
    await Promise.all(readers);
    await broker.close();
  }
  if (ages.length === 0) throw new Error('no risk event was seen');
  return ages;
}
