import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Broker, type Producer } from '@holdfast/broker';
import { BEHAVIOR_EVENTS } from '@holdfast/schemas';

import { LogAway, LogWriter } from './log-writer.js';
import { tickRecord } from './records.js';
import { readPartition, startGround } from './running-ingest.fixture.js';

const PARTITION = 0;
const at = (...times: number[]) => [
  { topic: BEHAVIOR_EVENTS.name, partition: PARTITION, records: times.map(tickRecord) },
];

/** A broker in front of a real one whose appends can be held back or made to fail. */
function troubled(broker: Broker) {
  const trouble = { fail: false, hold: null as Promise<void> | null, appends: [] as number[] };
  const append = async (producer: Producer, ...[topic, partition, records]: Parameters<Producer['append']>) => {
    trouble.appends.push(records.length);
    await trouble.hold;
    if (trouble.fail) throw new Error('cable cut');
    return producer.append(topic, partition, records);
  };
  const proxy = Object.create(broker, {
    ping: { value: () => (trouble.fail ? Promise.reject(new Error('cable cut')) : broker.ping()) },
    producer: {
      value: async (): Promise<Producer> => {
        const producer = await broker.producer();
        return { append: (...given) => append(producer, ...given), close: () => producer.close() };
      },
    },
  }) as Broker;
  return { trouble, proxy };
}

describe('the way into the log', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  let broker: Broker;
  let writer: LogWriter;
  let trouble: ReturnType<typeof troubled>['trouble'];
  let changes: boolean[];
  let time: number;
  let back: Promise<void>;
  beforeAll(async () => {
    ground = await startGround();
  });
  afterAll(() => ground?.stop());
  beforeEach(async () => {
    broker = await ground.openLog();
    await broker.createTopics([{ name: BEHAVIOR_EVENTS.name, partitions: 1, retentionDays: null }]);
    const made = troubled(broker);
    trouble = made.trouble;
    changes = [];
    time = 0;
    let isBack: () => void;
    back = new Promise((resolve) => (isBack = resolve));
    writer = new LogWriter(made.proxy, {
      ackTimeoutMs: 100,
      monotonic: () => time,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      onChange(isAvailable) {
        changes.push(isAvailable);
        if (isAvailable) isBack();
      },
    });
    await writer.open();
  });
  afterEach(async () => {
    await writer.close();
    await broker.close();
  });
  const stored = async () => (await readPartition(broker, PARTITION)).map((entry) => 'tick' in entry && entry.tick);
  function holdAppends(): () => void {
    let release!: () => void;
    trouble.hold = new Promise((resolve) => (release = resolve));
    return () => {
      trouble.hold = null;
      release();
    };
  }

  it('collects what arrives during an append into the next one, in order', async () => {
    const release = holdAppends();
    const writes = [1, 2, 3, 4].map((n) => writer.write(at(n)));
    expect(writer.oldestAfter(0, BEHAVIOR_EVENTS.name, PARTITION)).toBe(1);
    // What lies before the last tick (imported history) does not hold time up.
    expect(writer.oldestAfter(1_000, BEHAVIOR_EVENTS.name, PARTITION)).toBeNull();
    release();
    await Promise.all(writes);
    expect(trouble.appends).toEqual([1, 3]);
    expect(await stored()).toEqual([1, 2, 3, 4]);
    expect(writer.oldestAfter(0, BEHAVIOR_EVENTS.name, PARTITION)).toBeNull();
  });

  it('takes a write that comes at the very moment the last one is done', async () => {
    for (let n = 1; n <= 20; n++) await writer.write(at(n));
    expect(await stored()).toHaveLength(20);
  });

  it('refuses everybody when an append fails, and writes again through a new producer', async () => {
    await writer.write(at(1));
    trouble.fail = true;
    const writes = [writer.write(at(2)), writer.write(at(3))];
    for (const write of writes) await expect(write).rejects.toBeInstanceOf(LogAway);
    expect(writer.isAvailable).toBe(false);
    await expect(writer.write(at(4))).rejects.toBeInstanceOf(LogAway);
    trouble.fail = false;
    await back;
    await writer.write(at(5));
    expect(await stored()).toEqual([1, 5]);
    expect(changes).toEqual([false, true]);
  });

  it('stops waiting for an acknowledgement that is overdue, and is back when it comes', async () => {
    const release = holdAppends();
    const write = writer.write(at(1));
    const refused = expect(write).rejects.toBeInstanceOf(LogAway);
    await new Promise((resolve) => setImmediate(resolve));
    time = 101;
    writer.sweep();
    await refused;
    expect(writer.isAvailable).toBe(false);
    await expect(writer.write(at(2))).rejects.toBeInstanceOf(LogAway);
    release();
    while ((await stored()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    writer.sweep();
    await writer.write(at(3));
    expect(await stored()).toEqual([1, 3]);
    expect(changes).toEqual([false, true]);
  });

  it('cuts what is larger than a Kafka batch may be', async () => {
    const records = Array.from({ length: 5_000 }, (_, i) => tickRecord(i));
    await writer.write([{ topic: BEHAVIOR_EVENTS.name, partition: PARTITION, records }]);
    expect(trouble.appends.length).toBeGreaterThan(1);
    expect(await stored()).toHaveLength(5_000);
  });
});
