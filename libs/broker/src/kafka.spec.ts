import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// eslint-disable-next-line @nx/enforce-module-boundaries -- tools belong to no project
import { type LocalKafka, startLocalKafka, whyNoLocalKafka } from '../../../tools/kafka/local-kafka.mjs';
import { describeBroker, freshTopic, record, take } from './conformance.js';
import { connectKafka } from './kafka/kafka-broker.js';
import { connectKafkaJs } from './kafkajs/kafkajs-broker.js';

const missing = process.env['CI'] === 'true' ? null : whyNoLocalKafka();
if (missing) console.warn(`\n*** NOT TESTED AGAINST KAFKA: ${missing} ***\n`);

(missing ? describe.skip : describe)('on a real Kafka', () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-kafka-'));
  let kafka: LocalKafka;
  beforeAll(async () => {
    kafka = await startLocalKafka({ directory });
  }, 120_000);
  afterAll(async () => {
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const options = (clientId: string) => ({ brokers: [kafka.brokers], clientId, sessionTimeoutMs: 6_000 });

  describeBroker('@platformatic/kafka', async () => ({
    connect: () => connectKafka(options('conformance')),
    disconnect: (broker) => broker.close(),
  }));

  describeBroker('kafkajs', async () => ({
    connect: () => connectKafkaJs(options('conformance-kafkajs')),
    disconnect: (broker) => broker.close(),
  }));

  it('keeps the time of old records in topics that are not kept for ever', async () => {
    const broker = await connectKafka(options('retention'));
    const topic = freshTopic();
    await broker.createTopics([{ name: topic, partitions: 1, retentionDays: 30 }]);
    const producer = await broker.producer();
    await producer.append(topic, 0, [
      record('main/a', 'old', 1_290_000_000_000),
      record('main/a', 'older', 1_280_000_000_000),
    ]);
    const read = await take(broker.open(topic, 0, 0), 2);
    expect(read.map(({ at }) => at)).toEqual([1_290_000_000_000, 1_280_000_000_000]);
    await broker.close();
  });

  it('says in a sentence that no Kafka answers', async () => {
    const nowhere = connectKafka({ brokers: ['127.0.0.1:1'], clientId: 'lost' });
    await expect(nowhere).rejects.toThrow('No Kafka answers at 127.0.0.1:1: check KAFKA_BROKERS, and that Kafka runs.');
  });
});
