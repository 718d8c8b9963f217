// Brings a pipeline to rest: first the visitors, then ingest, then each stage once it has applied everything there is.
import { type Broker } from '@holdfast/broker';
import { type Database } from '@holdfast/postgres';
import { BEHAVIOR_EVENTS, HEADERS, type Millis, TICK_SCHEMA, tickCodec } from '@holdfast/schemas';

import { type Arena } from './arena.js';
import { newestTime } from './history.js';
import { type Service } from './replica.js';

/** Longest that the pipeline may take to catch up, s. */
const CATCH_UP_LIMIT = 180;
/** A service must have ended in order within this, s. */
const STOP_LIMIT = 10;

export async function bringToRest(arena: Arena): Promise<void> {
  const { fleet, grounds, load, watch, say } = arena;
  say('waiting for the last answers');
  await load.stop();
  await fleet.start();
  await fleet.ready(120);
  await end(arena, 'ingest');
  say('waiting for the pipeline to catch up');
  const lastTick = Math.max(Date.now(), await newestTime(grounds.broker)) + 1; // a clock may have been ahead, and Kafka takes an hour of that
  await writeLastTick(grounds.broker, lastTick);
  await watch.endsWithTick(lastTick, CATCH_UP_LIMIT);
  await end(arena, 'features');
  await end(arena, 'scoring');
  await until('dispatch to apply and send everything', () => workOfDispatch(arena));
  await end(arena, 'dispatch');
}

/** The last record of every partition, by which one sees that all before it has passed through. */
export async function writeLastTick(broker: Broker, at: Millis): Promise<void> {
  const record = {
    key: null,
    value: tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 }),
    headers: { [HEADERS.schema]: TICK_SCHEMA },
    at,
  };
  const producer = await broker.producer();
  const partitions = await broker.partitions(BEHAVIOR_EVENTS.name);
  for (let p = 0; p < partitions; p++) await producer.append(BEHAVIOR_EVENTS.name, p, [record]);
  await producer.close();
}

/** What is left to do: customers' records to apply, messages to send, intervention events to publish. */
async function workOfDispatch({ grounds: { database }, watch }: Arena): Promise<string | null> {
  const owners = await database.query<{ partition: number; position: string }>(
    `select partition, position from owners where task = 'dispatch'`,
  );
  const positions = new Map(owners.map(({ partition, position }) => [partition, Number(position)]));
  const behind = watch.lastCustomerOffsets.filter((offset, partition) => (positions.get(partition) ?? 0) <= offset);
  if (behind.length > 0) return `${behind.length} partitions are not at their end`;
  return queueOfDispatch(database);
}

/** Messages to send and intervention events to publish. */
export async function queueOfDispatch(database: Database): Promise<string | null> {
  const [row] = await database.query<{ messages: number; events: number }>(
    `select (select count(*) from messages where state = 'queued')::int as messages,
            (select count(*) from intervention_outbox)::int as events`,
  );
  return row!.messages + row!.events === 0 ? null : `${row!.messages} messages and ${row!.events} events are left`;
}

/** Polls `lack` until it is null. Throws a sentence with what was lacking after a time. */
export async function until(what: string, lack: () => Promise<string | null>): Promise<void> {
  const deadline = performance.now() + CATCH_UP_LIMIT * 1_000;
  for (;;) {
    const lacking = await lack();
    if (lacking === null) return;
    if (performance.now() > deadline) throw new Error(`Waited ${CATCH_UP_LIMIT} s for ${what}: ${lacking}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function end(arena: Arena, service: Service): Promise<void> {
  const started = performance.now();
  await arena.stop(arena.fleet.of(service));
  const seconds = (performance.now() - started) / 1_000;
  if (seconds > STOP_LIMIT)
    arena.tooSlow(`${service} took ${seconds.toFixed(1)} s to stop; ${STOP_LIMIT} are allowed.`);
}
