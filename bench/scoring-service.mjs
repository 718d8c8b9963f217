// What the scoring service costs an event, from the log to the log: a backlog is put before it on a local Kafka, and it works it off. What its parts
// cost is measured on the records of that backlog, in this process: the rest is the Kafka client, the runner and the checkpoints.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { connectKafka } from '@holdfast/broker';
import { scoringStateCodec } from '@holdfast/model';
import { CUSTOMER_FEATURES, CUSTOMER_RISK, HEADERS } from '@holdfast/schemas';
import { createScoringTask, openModels } from '@holdfast/tasks';

import { root } from '../tools/prepare.mjs';
import { send, traffic } from './load.mjs';
import { load } from './pipeline.mjs';
import { counter, cpuSeconds, median, startHoldfast, until } from './processes.mjs';
import { row } from './results.mjs';

const TARGET = 30_000;

/** `runs` backlogs of `count` events, after one that does not count. */
export async function service({ runs = 5, count = 40_000, customers = 5_000 } = {}) {
  const holdfast = await startHoldfast('--no-replay', '--kafka');
  try {
    const source = traffic({ seed: 7, customers });
    await load(holdfast, source, 2 * customers);
    const backlogs = [];
    for (let run = 0; run <= runs; run++) backlogs.push(await workOff(holdfast, source, count));
    const of = (what) => median(backlogs.slice(1).map((one) => one[what]));
    const parts = await partsOf(await recordsOf(holdfast, count), runs);
    const cost = of('cpu');
    return [
      row('scoring service, a backlog on local Kafka', round(1e6 / cost), 'events per CPU second', {
        ...{ runs, against: `target ${TARGET}`, ratio: Number((1e6 / cost / TARGET).toFixed(2)) },
      }),
      row('scoring service, that backlog by the wall clock', round(1e6 / of('wall')), 'events/s', { runs }),
      row('scoring service, CPU', tenth(cost), 'µs/event', { runs }),
      ...Object.entries(parts).map(([name, value]) =>
        row(`scoring service, CPU of it: ${name}`, tenth(value), 'µs/event', { runs }),
      ),
    ];
  } finally {
    await holdfast.stop();
  }
}

/** Stops scoring, lets `count` events through features, and lets it go on. Microseconds an event. */
async function workOff(holdfast, source, count) {
  const applied = (stage) =>
    counter(holdfast.metrics[stage], 'holdfast_stream_records_total', { stage, outcome: 'applied' });
  const { scoring } = holdfast.pids;
  const before = { features: await applied('features'), scoring: await applied('scoring') };
  process.kill(scoring, 'SIGSTOP');
  try {
    await send(source, { url: holdfast.ingest, writeKey: holdfast.writeKey, count });
    await until(() => applied('features'), before.features + count, 'events applied by features');
  } finally {
    process.kill(scoring, 'SIGCONT');
  }
  const first = await until(() => applied('scoring'), before.scoring + 1, 'events applied by scoring');
  const [cpu, wall] = [cpuSeconds(scoring), performance.now()];
  await until(() => applied('scoring'), before.scoring + count, 'events applied by scoring');
  const left = before.scoring + count - first;
  return { cpu: ((cpuSeconds(scoring) - cpu) / left) * 1e6, wall: ((performance.now() - wall) / left) * 1e3 };
}

/** At most `count` records of behaviour from the log of features, of a few partitions, whole from their beginning. */
async function recordsOf(holdfast, count) {
  const broker = await connectKafka({ brokers: [holdfast.brokers], clientId: 'holdfast-bench' });
  const records = [];
  try {
    const bounds = await broker.bounds(CUSTOMER_FEATURES.name);
    for (const [partition, { start, end }] of bounds.entries()) {
      if (records.length >= count) break;
      const stream = broker.open(CUSTOMER_FEATURES.name, partition, start);
      for (let next = start; next < end;) {
        const some = await stream.next();
        next = some.at(-1).offset + 1;
        records.push(...some.filter(({ key, headers }) => key !== null && headers[HEADERS.schema] === CUSTOMER_FEATURES.schema)); // prettier-ignore
      }
      await stream.close();
    }
  } finally {
    await broker.close();
  }
  return records.slice(0, count);
}

/** Microseconds a record: medians of `runs`, each from no state on, of its second half alone. */
async function partsOf(records, runs) {
  const model = (await readFile(join(root, 'models', 'champion'), 'utf8')).trim();
  const task = createScoringTask(openModels(join(root, 'models')));
  const measured = Array.from({ length: runs + 1 }, () => {
    const states = new Map();
    let shared = { model };
    const spent = { decode: 0, 'step, curve and crossings': 0, 'encode what is told': 0, 'encode the state': 0 };
    const timed = (part, work) => {
      const { user, system } = process.cpuUsage();
      const result = work();
      const now = process.cpuUsage();
      spent[part] += now.user + now.system - user - system;
      return result;
    };
    const half = records.length >> 1;
    for (const some of [records.slice(0, half), records.slice(half)]) {
      for (const part of Object.keys(spent)) spent[part] = 0;
      const inputs = timed('decode', () => some.map(({ value }) => CUSTOMER_FEATURES.decode(value)));
      const outputs = timed('step, curve and crossings', () =>
        some.map(({ key, at }, i) => {
          const step = task.step(states.get(key), inputs[i], at, shared);
          states.set(key, step.state);
          shared = step.shared ?? shared;
          return step.outputs;
        }),
      );
      const meta = { id: '00000000-0000-7000-8000-000000000000-3-1000000-1000000', sequence: 10 };
      timed('encode what is told', () => outputs.flat().map((output) => CUSTOMER_RISK.encode(output, meta)));
      const all = [...states.values()].filter((state) => state !== null);
      // Once an event at most: of a customer who has several between two checkpoints, one state is stored.
      timed('encode the state', () => all.map((state) => scoringStateCodec.encode(state)));
      spent['encode the state'] *= some.length / all.length;
    }
    return Object.fromEntries(Object.entries(spent).map(([part, us]) => [part, us / (records.length - half)]));
  });
  return Object.fromEntries(
    Object.keys(measured[0]).map((part) => [part, median(measured.slice(1).map((one) => one[part]))]),
  );
}

const round = (value) => Number(value.toPrecision(3));
const tenth = (value) => Number(value.toFixed(1));
