// An idempotent producer: acks=all, sequence numbers kept here, and one request at a time, which carries whatever has been
// appended to any partition meanwhile. A batch is repeated byte for byte until Kafka has it or its time is up.
import { initProducerIdV4 } from '@platformatic/kafka';

import { Backoff } from '../backoff.js';
import { type BrokerRecord, type Producer } from '../broker.js';
import { PermanentError } from '../errors.js';
import { AppendQueue } from './append-queue.js';
import { type Cluster, type Node } from './cluster.js';
import { Link } from './link.js';
import { encodeBatch } from './record-batch.js';
import { isPassing, KAFKA, produce, type ProducedPart, type ProducePart } from './wire.js';

/** Small requests start at least this far apart; the first after a rest goes at once. */
const PACE_MS = 4;
const PACED_BELOW_BYTES = 65_536;
const REQUEST_BYTES = 8_388_608;

type Queue = AppendQueue<Buffer>;

/** A new producer id for every one, so nothing that failed before can be taken for a repetition. */
export class KafkaProducer implements Producer {
  readonly #queues = new Map<string, Queue>();
  readonly #links = new Map<number, Link>();
  readonly #backoff = new Backoff();
  #running: Promise<void> | undefined;
  #lastSentAt = 0;
  #closed = false;

  private constructor(
    private readonly cluster: Cluster,
    private readonly stamp: { readonly id: bigint; readonly epoch: number },
    private readonly deliveryTimeoutMs: number,
  ) {}

  static async open(cluster: Cluster, deliveryTimeoutMs: number): Promise<KafkaProducer> {
    const answer = await cluster.patiently(() =>
      cluster.anywhere((link) => link.call(initProducerIdV4.api, null, 60_000, -1n, -1)),
    );
    return new KafkaProducer(cluster, { id: answer.producerId, epoch: answer.producerEpoch }, deliveryTimeoutMs);
  }

  async append(topic: string, partition: number, records: readonly BrokerRecord[]): Promise<number> {
    if (this.#closed) throw new Error('The producer is closed.');
    if (records.length === 0) throw new RangeError('records must not be empty');
    const key = `${topic}/${partition}`;
    let queue = this.#queues.get(key);
    if (!queue) {
      queue = new AppendQueue(topic, partition, (batch, capacity, sequence) =>
        encodeBatch(batch, capacity, { ...this.stamp, sequence }),
      );
      this.#queues.set(key, queue);
    }
    const stored = queue.add(records, performance.now() + this.deliveryTimeoutMs);
    this.#running ??= this.#run().catch((error: unknown) => {
      this.#running = undefined;
      for (const each of this.#queues.values()) each.fail(error);
    });
    return stored;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    for (const link of this.#links.values()) link.close();
  }

  async #run(): Promise<void> {
    const rest = PACE_MS - (performance.now() - this.#lastSentAt);
    // What is appended in this turn of the event loop goes out together.
    await new Promise((resolve) => (rest > 0 ? setTimeout(resolve, rest) : setImmediate(resolve)));
    for (;;) {
      const waiting = [...this.#queues.values()].filter(({ isEmpty }) => !isEmpty);
      if (waiting.length === 0) {
        // In the same turn as the last look: an append that comes later must start anew, or it waits for ever.
        this.#running = undefined;
        return;
      }
      const startedAt = performance.now();
      this.#lastSentAt = startedAt;
      const sent = await this.#round(waiting);
      const isPaced = sent < PACED_BELOW_BYTES && [...this.#queues.values()].some(({ isEmpty }) => !isEmpty);
      const pause = isPaced ? PACE_MS - (performance.now() - startedAt) : 0;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** One request to each server that leads a waiting partition. Returns the bytes sent. */
  async #round(waiting: readonly Queue[]): Promise<number> {
    const byNode = new Map<number, { readonly node: Node; readonly queues: Queue[] }>();
    let isTroubled = false;
    for (const queue of waiting) {
      if (queue.isOverdue(performance.now())) {
        queue.fail(timedOut(queue, this.deliveryTimeoutMs));
        continue;
      }
      try {
        const node = await this.cluster.leader(queue.topic, queue.partition);
        const group = byNode.get(node.id) ?? { node, queues: [] };
        byNode.set(node.id, group);
        group.queues.push(queue);
      } catch (error) {
        isTroubled = true;
        if (error instanceof PermanentError || error instanceof RangeError) queue.fail(error);
      }
    }
    const sends = [...byNode.values()].map(({ node, queues }) => this.#send(node, queues));
    const results = await Promise.all(sends);
    if (isTroubled || results.some(({ isClean }) => !isClean)) {
      await new Promise((resolve) => setTimeout(resolve, this.#backoff.next()));
    } else this.#backoff.reset();
    return results.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #send(node: Node, queues: readonly Queue[]): Promise<{ bytes: number; isClean: boolean }> {
    const parts: ProducePart[] = [];
    const sent = new Map<string, Queue>();
    let bytes = 0;
    for (const queue of queues) {
      if (bytes >= REQUEST_BYTES) break;
      const batch = queue.batch();
      if (!batch) continue;
      const { topic, partition } = queue;
      parts.push({ topic, partition, batch });
      sent.set(`${topic}/${partition}`, queue);
      bytes += batch.length;
    }
    if (bytes >= REQUEST_BYTES) this.#rotate(sent);
    try {
      const answer = await this.#link(node).call(produce, parts, 30_000);
      const clean = answer.map((part) => this.#settle(sent.get(`${part.topic}/${part.partition}`), part));
      return { bytes, isClean: clean.every(Boolean) };
    } catch {
      // The request may or may not have arrived: the same bytes again, to whoever leads the partition now.
      for (const { topic } of sent.values()) this.cluster.forget(topic);
      return { bytes, isClean: false };
    }
  }

  /** Those left out of a full request come first in the next. */
  #rotate(sent: ReadonlyMap<string, Queue>): void {
    for (const [key, queue] of sent) if (this.#queues.delete(key)) this.#queues.set(key, queue);
  }

  #settle(queue: Queue | undefined, { code, base, message }: ProducedPart): boolean {
    if (!queue) return true;
    if (code === 0) queue.stored(base);
    else if (isPassing(code)) this.cluster.forget(queue.topic);
    else queue.fail(refusal(queue, code, message));
    return code === 0;
  }

  #link(node: Node): Link {
    const known = this.#links.get(node.id);
    if (known && known.address.host === node.host && known.address.port === node.port) return known;
    known?.close();
    const link = new Link(node, this.cluster.options);
    this.#links.set(node.id, link);
    return link;
  }
}

function refusal({ topic, partition }: Queue, code: number, detail: string | null): Error {
  if (code === KAFKA.messageTooLarge || code === KAFKA.recordListTooLarge) {
    const message = `Kafka takes no batch this large for ${topic}: raise max.message.bytes of the topic to its default of 1048588.`;
    return new PermanentError('record-too-large', message, { topic, partition });
  }
  return new Error(`Kafka refused to write to partition ${partition} of ${topic}: ${detail ?? `error ${code}`}`);
}

const timedOut = ({ topic, partition }: Queue, timeoutMs: number): Error =>
  new Error(`Kafka did not take a write to partition ${partition} of ${topic} within ${timeoutMs} ms.`);
