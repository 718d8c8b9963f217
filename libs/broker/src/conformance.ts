// One suite for every adapter of the port: what Holdfast relies on, and nothing else. Called by the specs, not exported.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { describeGroups } from './conformance-groups.js';
import { describeStreams } from './conformance-streams.js';
import { type Broker, type BrokerRecord, type RecordStream, type StoredRecord } from './broker.js';

/** How a spec runs an adapter. */
export interface Subject {
  /** Another connection to the same log; the embedded log has only one and returns it again. */
  connect(): Promise<Broker>;
  /** Closes what `connect` returned. */
  disconnect(broker: Broker): Promise<void>;
}

let serial = 0;

/** A topic name nobody has used. */
export const freshTopic = (): string => `conformance.topics-${process.pid}-${(serial += 1)}`;

/** A record with the headers every record of a runner carries. */
export function record(key: string | null, value: string, at = 1_700_000_000_000): BrokerRecord {
  const headers = { schema: 'test.records/1', 'event-id': `id-${value}`, custom: 'kept as it is' };
  return { key, value: Buffer.from(value), headers, at };
}

/** Reads until `count` records have come. */
export async function take(stream: RecordStream, count: number): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (records.length < count) {
    const batch = await stream.next();
    if (batch.length === 0) throw new Error(`the stream closed after ${records.length} of ${count} records`);
    records.push(...batch);
  }
  return records;
}

/** The values as text. */
export const texts = (records: readonly BrokerRecord[]): string[] =>
  records.map(({ value }) => Buffer.from(value).toString());

/** A topic of so many partitions, made for one test. */
export async function makeTopic(broker: Broker, partitions: number): Promise<string> {
  const name = freshTopic();
  await broker.createTopics([{ name, partitions, retentionDays: null }]);
  return name;
}

/** Runs the suite against one adapter. */
export function describeBroker(name: string, start: () => Promise<Subject>): void {
  describe(`the port as kept by ${name}`, () => {
    let subject: Subject;
    let broker: Broker;
    beforeAll(async () => {
      subject = await start();
      broker = await subject.connect();
    });
    afterAll(() => subject?.disconnect(broker));
    describeTopics(() => broker);
    describeRecords(() => broker);
    describeRefusals(() => broker);
    describeStreams(() => broker);
    describeGroups(() => ({ subject, broker }));
  });
}

function describeTopics(of: () => Broker): void {
  it('creates topics, again without harm, and refuses another partition count', async () => {
    const topic = await makeTopic(of(), 3);
    await of().createTopics([{ name: topic, partitions: 3, retentionDays: null }]);
    expect(await of().partitions(topic)).toBe(3);
    const other = of().createTopics([{ name: topic, partitions: 4, retentionDays: null }]);
    await expect(other).rejects.toMatchObject({ code: 'partition-mismatch' });
  });

  it('says that a topic is missing', async () => {
    await expect(of().partitions('conformance.missing')).rejects.toMatchObject({ code: 'no-such-topic' });
    await expect(of().bounds('conformance.missing')).rejects.toMatchObject({ code: 'no-such-topic' });
  });

  it('answers a ping', () => of().ping());
}

function describeRecords(of: () => Broker): void {
  it('gives back key, value, headers and time as they were written', async () => {
    const topic = await makeTopic(of(), 1);
    const producer = await of().producer();
    const written: BrokerRecord[] = [
      record('main/ann', 'one', 1_290_000_000_001),
      record(null, 'to the partition'),
      { ...record('main/Zoë ✓', ''), headers: {} },
      { ...record('', 'empty key'), headers: { schema: '', note: 'a=b; c' } },
      { ...record('main/bytes', ''), value: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
      { ...record('main/large', ''), value: Buffer.alloc(300_000, 'x') },
    ];
    expect(await producer.append(topic, 0, written)).toBe(0);
    const stream = of().open(topic, 0, 0);
    const read = await take(stream, written.length);
    const plain = ({ value, ...rest }: BrokerRecord): object => ({
      ...rest,
      value: Buffer.from(value).toString('hex'),
    });
    expect(read.map(plain)).toEqual(written.map((each, offset) => ({ ...(plain(each) as object), offset })));
    await stream.close();
    await producer.close();
  });

  it('keeps the order of calls in each partition while appends overlap', async () => {
    const topic = await makeTopic(of(), 2);
    const producer = await of().producer();
    const calls = Array.from({ length: 200 }, (_, call) =>
      producer.append(topic, call % 2, [record('main/a', `${call}.0`), record('main/b', `${call}.1`)]),
    );
    const firsts = await Promise.all(calls);
    expect(firsts).toEqual(Array.from({ length: 200 }, (_, call) => Math.floor(call / 2) * 2));
    for (const partition of [0, 1]) {
      const stream = of().open(topic, partition, 0);
      const expected = Array.from({ length: 100 }, (_, call) =>
        [0, 1].map((part) => `${call * 2 + partition}.${part}`),
      );
      expect(texts(await take(stream, 200))).toEqual(expected.flat());
      await stream.close();
    }
    expect(await of().bounds(topic)).toEqual([0, 1].map(() => ({ start: 0, end: 200 })));
    await producer.close();
  });

  it('takes appends one after another, each as soon as the last one is acknowledged', async () => {
    const topic = await makeTopic(of(), 3);
    const producer = await of().producer();
    for (let i = 0; i < 30; i++)
      expect(await producer.append(topic, i % 3, [record('k', String(i))])).toBe(Math.floor(i / 3));
    await producer.close();
  });

  it('takes a batch larger than one request', async () => {
    const topic = await makeTopic(of(), 1);
    const producer = await of().producer();
    const batch = Array.from({ length: 30 }, (_, index) => ({
      ...record('main/a', ''),
      value: Buffer.alloc(100_000, index),
    }));
    expect(await producer.append(topic, 0, batch)).toBe(0);
    const stream = of().open(topic, 0, 0);
    expect((await take(stream, 30)).map(({ value }) => value[0])).toEqual(batch.map((_, index) => index));
    await stream.close();
    await producer.close();
  });

  it('refuses a record over the limit, and then everything of that producer in that partition', async () => {
    const topic = await makeTopic(of(), 2);
    const producer = await of().producer();
    const large = { ...record('main/a', ''), value: Buffer.alloc(1_100_000) };
    await expect(producer.append(topic, 0, [large])).rejects.toMatchObject({ code: 'record-too-large' });
    await expect(producer.append(topic, 0, [record('main/a', 'later')])).rejects.toThrow();
    expect(await producer.append(topic, 1, [record('main/a', 'elsewhere')])).toBe(0);
    await producer.close();
    const next = await of().producer();
    expect(await next.append(topic, 0, [record('main/a', 'after')])).toBe(0);
    await next.close();
  });
}

function describeRefusals(of: () => Broker): void {
  it.each([
    ['a header that is not ASCII', { ...record('main/a', 'x'), headers: { note: 'é' } }],
    ['a time that is no whole number', record('main/a', 'x', 0.5)],
  ])('refuses %s', async (_, wrong) => {
    const topic = await makeTopic(of(), 1);
    const producer = await of().producer();
    await expect(producer.append(topic, 0, [wrong])).rejects.toThrow(RangeError);
    await producer.close();
    expect(await of().bounds(topic)).toEqual([{ start: 0, end: 0 }]);
  });
}
