// What a group member holds, and telling its listener of every change, one callback at a time, in order.
import { type GroupListener } from '../broker.js';

/** Partitions by topic. */
type Partitions = ReadonlyMap<string, readonly number[]>;

/** Shared by both Kafka adapters. */
export class HeldPartitions {
  readonly #held = new Map<string, Set<number>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly listener: GroupListener,
    private readonly log: (message: string) => void,
  ) {}

  /** As of now. */
  current(): Map<string, number[]> {
    return new Map([...this.#held].map(([topic, held]) => [topic, [...held]]));
  }

  /** Revokes what is not wanted any more, then assigns what is new. Resolves to the number revoked when the listener is through. */
  become(wanted: Partitions): Promise<number> {
    return this.#inTurn(async () => {
      const revoked = await this.#revoke(wanted);
      await this.#assign(wanted);
      return revoked;
    });
  }

  /** Revokes what is not wanted any more; what is new has to wait. Resolves as {@link become} does. */
  letGo(wanted: Partitions): Promise<number> {
    return this.#inTurn(() => this.#revoke(wanted));
  }

  #inTurn(work: () => Promise<number>): Promise<number> {
    const change = this.#last.then(work);
    this.#last = change;
    return change;
  }

  async #revoke(wanted: Partitions): Promise<number> {
    let revoked = 0;
    for (const topic of new Set([...this.#held.keys(), ...wanted.keys()])) {
      const held = this.#held.get(topic) ?? new Set();
      const lost = [...held].filter((partition) => !wanted.get(topic)?.includes(partition));
      // Still held until the listener has let go.
      await this.#tell('revoked', topic, lost);
      for (const partition of lost) held.delete(partition);
      revoked += lost.length;
    }
    return revoked;
  }

  async #assign(wanted: Partitions): Promise<void> {
    for (const [topic, partitions] of wanted) {
      const held = this.#held.get(topic) ?? new Set();
      this.#held.set(topic, held);
      const gained = partitions.filter((partition) => !held.has(partition));
      for (const partition of gained) held.add(partition);
      await this.#tell('assigned', topic, gained);
    }
  }

  async #tell(kind: 'assigned' | 'revoked', topic: string, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    try {
      await this.listener[kind](topic, partitions);
    } catch (error) {
      this.log(`A group member failed on ${kind} of ${topic}: ${String(error)}`);
    }
  }
}
