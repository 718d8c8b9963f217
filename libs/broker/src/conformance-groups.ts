// The part of the suite about consumer groups.
import { describe, expect, it } from '@jest/globals';

import { type Broker, type GroupListener } from './broker.js';
import { freshTopic, makeTopic, type Subject } from './conformance.js';

/** What a member holds, as told, and how to wait for it. */
class Holding implements GroupListener {
  readonly held = new Map<string, Set<number>>();
  readonly #waiting = new Set<() => void>();
  #busy = false;

  async assigned(topic: string, partitions: readonly number[]): Promise<void> {
    await this.#change(() => {
      const held = this.held.get(topic) ?? new Set<number>();
      this.held.set(topic, held);
      for (const partition of partitions) {
        if (held.has(partition)) throw new Error(`partition ${partition} of ${topic} assigned twice`);
        held.add(partition);
      }
    });
  }

  async revoked(topic: string, partitions: readonly number[]): Promise<void> {
    await this.#change(() => {
      for (const partition of partitions) {
        if (!this.held.get(topic)?.delete(partition))
          throw new Error(`partition ${partition} of ${topic} was not held`);
      }
    });
  }

  count(topic: string): number {
    return this.held.get(topic)?.size ?? 0;
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** One callback at a time is part of the contract. */
  async #change(change: () => void): Promise<void> {
    if (this.#busy) throw new Error('two callbacks at once');
    this.#busy = true;
    await new Promise((resolve) => setImmediate(resolve));
    change();
    this.#busy = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** Joining, sharing, leaving, committing. */
export function describeGroups(of: () => { subject: Subject; broker: Broker }): void {
  describe('groups', () => {
    it('gives one member every partition of every topic', async () => {
      const { broker } = of();
      const topics = [await makeTopic(broker, 3), await makeTopic(broker, 2)] as const;
      const alone = new Holding();
      const membership = await broker.join(`group-${freshTopic()}`, topics, alone);
      await alone.until(() => alone.count(topics[0]) === 3 && alone.count(topics[1]) === 2);
      await membership.leave();
      expect([alone.count(topics[0]), alone.count(topics[1])]).toEqual([0, 0]);
    });

    it('shares the partitions between two members, and gives them back when one leaves', async () => {
      const { subject, broker } = of();
      const topic = await makeTopic(broker, 4);
      const group = `group-${topic}`;
      const other = await subject.connect();
      const [first, second] = [new Holding(), new Holding()];
      const one = await broker.join(group, [topic], first);
      await first.until(() => first.count(topic) === 4);
      const two = await other.join(group, [topic], second);
      await first.until(() => first.count(topic) === 2);
      await second.until(() => second.count(topic) === 2);
      const all = [...(first.held.get(topic) ?? []), ...(second.held.get(topic) ?? [])];
      expect(all.sort()).toEqual([0, 1, 2, 3]);
      await one.leave();
      expect(first.count(topic)).toBe(0);
      await second.until(() => second.count(topic) === 4);
      await two.leave();
      expect(second.count(topic)).toBe(0);
      await subject.disconnect(other);
    });

    it('keeps committed positions', async () => {
      const { broker } = of();
      const topic = await makeTopic(broker, 3);
      const group = `group-${topic}`;
      expect(await broker.committed(group, topic)).toEqual([null, null, null]);
      const alone = new Holding();
      const membership = await broker.join(group, [topic], alone);
      await alone.until(() => alone.count(topic) === 3);
      await membership.commit(topic, new Map([[0, 7]]));
      await membership.commit(topic, new Map([[2, 11]]));
      expect(await broker.committed(group, topic)).toEqual([7, null, 11]);
      await membership.leave();
      expect(await broker.committed(group, topic)).toEqual([7, null, 11]);
    });
  });
}
