import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker } from '@holdfast/broker';
import { connectBroker } from '@holdfast/stream';

// eslint-disable-next-line @nx/enforce-module-boundaries -- tools belong to no project
import { type LocalKafka, startLocalKafka, whyNoLocalKafka } from '../../../../tools/kafka/local-kafka.mjs';
import { compareWitness } from './compare-witness.js';
import { consoleConsumer } from './console-consumer.js';
import { Findings } from './findings.js';
import { LogReader } from './log-reader.js';

const missing = process.env['CI'] === 'true' ? null : whyNoLocalKafka();

(missing ? describe.skip : describe)("Kafka's console consumer", () => {
  let directory: string;
  let kafka: LocalKafka;
  let broker: Broker;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-console-consumer-'));
    kafka = await startLocalKafka({ directory });
    broker = await connectBroker('spec', { KAFKA_BROKERS: kafka.brokers, KAFKA_CLIENT: 'platformatic' });
  });
  afterAll(async () => {
    await broker?.close();
    await kafka?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('reads what we read, and says so when we have not read everything', async () => {
    const names = ['full', 'empty.one', 'empty.two'];
    await broker.createTopics(names.map((name) => ({ name, partitions: 2, retentionDays: null })));
    const producer = await broker.producer();
    const records = Array.from({ length: 500 }, (_, n) => ({
      key: n % 7 === 0 ? null : `main/${n}`,
      value: Buffer.from('{"text":"two\\nlines\\t"}'),
      headers: n % 5 === 0 ? {} : { 'event-id': `id-${n}`, source: `a/0/${n}.0` },
      at: 1_000 + n,
    }));
    await producer.append('full', 0, records);
    await producer.append('full', 1, records.slice(3));
    await producer.close();

    const ours = new LogReader(broker);
    const less = new LogReader(broker);
    const drain = async (reader: LogReader, topic: string, partition: number) => {
      for await (const _ of reader.read(topic, partition));
    };
    for (const topic of names) for (const partition of [0, 1]) await drain(ours, topic, partition);
    await drain(less, 'full', 0);
    expect([...(await ours.sizes(names))]).toEqual([['full', 997], ['empty.one', 0], ['empty.two', 0]]); // prettier-ignore
    const faultsOf = async (reader: LogReader) => {
      const findings = new Findings();
      compareWitness(reader.notes, await consoleConsumer(kafka.brokers, await reader.sizes(names)), findings);
      return findings.verdict(0).faults;
    };
    expect(await faultsOf(ours)).toEqual([]);
    expect(await faultsOf(less)).toEqual(["full/1: we read 0 records, Kafka's console consumer 497."]);
  });
});
