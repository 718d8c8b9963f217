import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// eslint-disable-next-line @nx/enforce-module-boundaries -- tools belong to no project
import { type LocalKafka, startLocalKafka, whyNoLocalKafka } from '../../../tools/kafka/local-kafka.mjs';
import { type Broker } from './broker.js';
import { describeBroker, freshTopic, makeTopic, record, take, texts } from './conformance.js';
import { connectKafka } from './kafka/kafka-broker.js';
import { connectKafkaJs } from './kafkajs/kafkajs-broker.js';

const missing = process.env['CI'] === 'true' ? null : whyNoLocalKafka();
if (missing) console.warn(`\n*** NOT TESTED AGAINST KAFKA: ${missing} ***\n`);

const indexes = (from: number, until: number): number[] =>
  Array.from({ length: until - from }, (_, index) => from + index);

/** A producer and two readers of a topic of its own. */
async function startRun(opening: Promise<Broker>) {
  const broker = await opening;
  const topic = await makeTopic(broker, 2);
  const producer = await broker.producer();
  const reads = [0, 1].map((partition) => take(broker.open(topic, partition, 0), 100));
  const append = (index: number): Promise<number> => producer.append(topic, index % 2, [record('main/a', `${index}`)]);
  return { broker, topic, reads, append };
}

(missing ? describe.skip : describe)('on a real Kafka', () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-kafka-'));
  let kafka: LocalKafka;
  beforeAll(async () => {
    kafka = await startLocalKafka({ directory });
  });
  const opened: Broker[] = [];
  afterAll(async () => {
    await Promise.all(opened.map((broker) => broker.close()));
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const opening = async (broker: Promise<Broker>): Promise<Broker> => {
    opened.push(await broker);
    return broker;
  };
  const options = (clientId: string) => ({ brokers: [kafka.brokers], clientId, sessionTimeoutMs: 6_000 });

  describeBroker('@platformatic/kafka', async () => ({
    connect: () => connectKafka(options('conformance')),
    disconnect: (broker) => broker.close(),
  }));

  describeBroker('kafkajs', async () => ({
    connect: () => connectKafkaJs(options('conformance-kafkajs')),
    disconnect: (broker) => broker.close(),
  }));

  it('goes through a restart of Kafka: with both clients nothing is lost or doubled, and what took too long was rejected', async () => {
    const runs = await Promise.all(
      [connectKafka, connectKafkaJs].map((connect) => startRun(opening(connect(options('run'))))),
    );
    const hasty = await opening(connectKafka({ ...options('hasty'), deliveryTimeoutMs: 300 }));
    const topic = await makeTopic(hasty, 1);
    const failing = await hasty.producer();
    for (const run of runs) await Promise.all([run.append(0), run.append(1)]);

    const port = Number(kafka.brokers.split(':')[1]);
    const during = runs.flatMap((run) => indexes(2, 100).map(run.append));
    await kafka.stop();
    const between = runs.flatMap((run) => indexes(100, 200).map(run.append));
    await expect(failing.append(topic, 0, [record('main/a', 'lost')])).rejects.toThrow('within 300 ms');
    await expect(hasty.ping()).rejects.toThrow();
    kafka = await startLocalKafka({ directory, port });
    await Promise.all([...during, ...between]);

    for (const run of runs) {
      for (const [partition, read] of run.reads.entries()) {
        expect(texts(await read)).toEqual(indexes(0, 100).map((index) => `${index * 2 + partition}`));
      }
      expect((await run.broker.bounds(run.topic)).map(({ end }) => end)).toEqual([100, 100]);
    }
    await expect(failing.append(topic, 0, [record('main/a', 'later')])).rejects.toThrow('within 300 ms');
    const next = await hasty.producer();
    expect(await next.append(topic, 0, [record('main/a', 'after')])).toBe(0);
  });

  it('keeps the time of old records in topics that are not kept for ever', async () => {
    const broker = await opening(connectKafka(options('retention')));
    const topic = freshTopic();
    await broker.createTopics([{ name: topic, partitions: 1, retentionDays: 30 }]);
    const producer = await broker.producer();
    await producer.append(topic, 0, [
      record('main/a', 'old', 1_290_000_000_000),
      record('main/a', 'older', 1_280_000_000_000),
    ]);
    const read = await take(broker.open(topic, 0, 0), 2);
    expect(read.map(({ at }) => at)).toEqual([1_290_000_000_000, 1_280_000_000_000]);
  });

  it('says in a sentence that no Kafka answers', async () => {
    const nowhere = connectKafka({ brokers: ['127.0.0.1:1'], clientId: 'lost' });
    await expect(nowhere).rejects.toThrow('No Kafka answers at 127.0.0.1:1: check KAFKA_BROKERS, and that Kafka runs.');
  });
});
