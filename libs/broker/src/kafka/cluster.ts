// What is known of the cluster: its servers, who leads which partition; and one shared link a server for short requests.
import { findCoordinatorV4, metadataV9, parseBroker } from '@platformatic/kafka';

import { Backoff } from '../backoff.js';
import { PermanentError } from '../errors.js';
import { noSuchTopic, unknownPartition } from '../refusals.js';
import { type Address, Link, type LinkOptions } from './link.js';
import { codesOf, isPassing, KAFKA } from './wire.js';

const TRIES = 6;

/** A server by its number in the cluster. */
export interface Node extends Address {
  readonly id: number;
}

/** Shared by everything that one broker connection does. */
export class Cluster {
  readonly #bootstrap: readonly Address[];
  readonly #links = new Map<string, Link>();
  readonly #leaders = new Map<string, readonly number[]>();
  #nodes = new Map<number, Address>();
  #controller = -1;
  #closed = false;

  constructor(
    brokers: readonly string[],
    readonly options: LinkOptions,
  ) {
    this.#bootstrap = brokers.map((broker) => parseBroker(broker, 9092) as Address);
  }

  /** Leader of each partition. Throws `PermanentError('no-such-topic')`. Asks the cluster unless it is known. */
  async leaders(topic: string): Promise<readonly number[]> {
    const known = this.#leaders.get(topic);
    if (known) return known;
    await this.#refresh(topic);
    return this.#leaders.get(topic) as readonly number[];
  }

  /** The leader of one partition. */
  async leader(topic: string, partition: number): Promise<Node> {
    const leaders = await this.leaders(topic);
    const id = leaders[partition];
    if (id === undefined) throw unknownPartition(topic, partition, leaders.length);
    const address = this.#nodes.get(id);
    if (address) return { id, ...address };
    this.forget(topic);
    throw new Error(`partition ${partition} of ${topic} has no leader at the moment`);
  }

  /** What was known of a topic is doubtful: ask again next time. */
  forget(topic: string): void {
    this.#leaders.delete(topic);
  }

  /** The server that answers for a group. */
  async coordinator(group: string): Promise<Address> {
    const answer = await this.anywhere((link) => link.call(findCoordinatorV4.api, 0, [group]));
    const found = answer.coordinators[0];
    if (!found || found.errorCode !== 0) throw new Error(`group ${group} has no coordinator at the moment`);
    return { host: found.host, port: found.port };
  }

  /** The server that makes topics. */
  async controller(): Promise<Address> {
    await this.#refresh();
    return this.#nodes.get(this.#controller) ?? (this.#bootstrap[0] as Address);
  }

  /** The shared link to a server. */
  link(address: Address): Link {
    const key = `${address.host}:${address.port}`;
    const link = this.#links.get(key) ?? new Link(address, this.options);
    this.#links.set(key, link);
    return link;
  }

  /** Asks the first server that answers. */
  async anywhere<Answer>(ask: (link: Link) => Promise<Answer>): Promise<Answer> {
    let last: unknown = new Error('No Kafka server is known.');
    for (const address of [...this.#nodes.values(), ...this.#bootstrap]) {
      if (this.#closed) throw new Error('The connection to Kafka is closed.');
      try {
        return await ask(this.link(address));
      } catch (error) {
        if (codesOf(error).length > 0) throw error;
        last = error;
      }
    }
    throw last;
  }

  /** Repeats what fails for a passing reason, a few times. */
  async patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const backoff = new Backoff(50, 1_000);
    for (let tries = 1; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        const codes = codesOf(error);
        const isHopeless = error instanceof PermanentError || error instanceof RangeError;
        if (isHopeless || tries >= TRIES || this.#closed || !codes.every(isPassing)) throw error;
        this.#leaders.clear();
      }
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
  }

  close(): void {
    this.#closed = true;
    for (const link of this.#links.values()) link.close();
  }

  async #refresh(topic?: string): Promise<void> {
    const topics = topic === undefined ? [] : [topic];
    const answer = await this.anywhere(async (link) => {
      try {
        return await link.call(metadataV9.api, topics, false, false);
      } catch (error) {
        if (topic !== undefined && codesOf(error).includes(KAFKA.unknownTopicOrPartition)) throw noSuchTopic(topic);
        throw error;
      }
    });
    this.#nodes = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    this.#controller = answer.controllerId;
    for (const { name, partitions } of answer.topics) {
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
      this.#leaders.set(name as string, leaders);
    }
  }
}
