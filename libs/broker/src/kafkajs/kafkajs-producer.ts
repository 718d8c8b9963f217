// An idempotent kafkajs producer with exactly one send in flight. kafkajs counts a batch only once it is acknowledged, so after a
// failed send the next one could be taken for its repetition and be dropped: a failure therefore ends the producer underneath, too.
import { type Kafka, type Message, Partitioners, type Producer as KafkaJs, type RecordMetadata } from 'kafkajs';

import { type BrokerRecord, type Producer } from '../broker.js';
import { AppendQueue } from '../kafka/append-queue.js';
import { PermanentError } from '../errors.js';
import { noSuchTopic } from '../refusals.js';

type Queue = AppendQueue<Message[]>;

const encode = (records: readonly BrokerRecord[], partition: number): Message[] =>
  records.map(({ key, value, headers, at }) => ({
    key,
    value: Buffer.from(value.buffer, value.byteOffset, value.length),
    headers,
    partition,
    timestamp: String(at),
  }));

/** See `Producer`. */
export class KafkaJsProducer implements Producer {
  readonly #queues = new Map<string, Queue>();
  #producer: Promise<KafkaJs> | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** `kafka` must go on trying for longer than the delivery timeout: only the same producer may repeat a send. */
  constructor(
    private readonly kafka: Kafka,
    private readonly deliveryTimeoutMs: number,
  ) {}

  /** Connects; rejects when Kafka does not answer. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  async append(topic: string, partition: number, records: readonly BrokerRecord[]): Promise<number> {
    if (this.#closed) throw new Error('The producer is closed.');
    if (records.length === 0) throw new RangeError('records must not be empty');
    const key = `${topic}/${partition}`;
    let queue = this.#queues.get(key);
    if (!queue) {
      queue = new AppendQueue(topic, partition, (batch) => encode(batch, partition));
      this.#queues.set(key, queue);
    }
    const stored = queue.add(records, performance.now() + this.deliveryTimeoutMs);
    this.#running ??= this.#run();
    return stored;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#abandon();
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const waiting = [...this.#queues.values()].filter(({ isEmpty }) => !isEmpty);
      if (waiting.length === 0) {
        // In the same turn as the last look: an append that comes later must start anew, or it waits for ever.
        this.#running = undefined;
        return;
      }
      try {
        await this.#send(waiting);
      } catch (error) {
        for (const queue of waiting) queue.fail(translate(error, queue.topic));
        void this.#abandon();
      }
    }
  }

  async #send(queues: readonly Queue[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const queue of queues) {
      const messages = queue.batch() ?? [];
      const known = byTopic.get(queue.topic);
      byTopic.set(queue.topic, known ? known.concat(messages) : messages);
    }
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    const sending = this.#connected().then((producer) => producer.sendBatch({ topicMessages, acks: -1 }));
    const results = await this.#inTime(sending);
    const bases = new Map(results.map((result) => [`${result.topicName}/${result.partition}`, result]));
    for (const queue of queues) {
      const base = bases.get(`${queue.topic}/${queue.partition}`)?.baseOffset;
      if (base === undefined || Number(base) < 0) throw new Error('Kafka acknowledged a write without its offset.');
      queue.stored(Number(base));
    }
  }

  async #inTime(sending: Promise<RecordMetadata[]>): Promise<RecordMetadata[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `Kafka did not take a write within ${this.deliveryTimeoutMs} ms.`;
      timer = setTimeout(() => reject(new Error(message)), this.deliveryTimeoutMs);
    });
    try {
      return await Promise.race([sending, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #connected(): Promise<KafkaJs> {
    return (this.#producer ??= this.#open());
  }

  async #open(): Promise<KafkaJs> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  async #abandon(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.then((connected) => connected.disconnect()).catch(() => {});
  }
}

/** kafkajs's error in terms of the port. */
function translate(error: unknown, topic: string): unknown {
  const type = (error as { type?: string }).type;
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return noSuchTopic(topic);
  if (type !== 'MESSAGE_TOO_LARGE' && type !== 'RECORD_LIST_TOO_LARGE') return error;
  const message = `Kafka takes no batch this large for ${topic}: raise max.message.bytes of the topic to its default of 1048588.`;
  return new PermanentError('record-too-large', message, { topic });
}
