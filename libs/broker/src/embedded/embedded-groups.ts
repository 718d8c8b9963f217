// Consumer groups inside one process: members of a group share the partitions of the topics they name.
import { type GroupListener } from '../broker.js';
import { spread } from '../spread.js';

/** A member and what it holds. */
class Member {
  readonly held = new Map<string, Set<number>>();

  constructor(
    readonly topics: readonly string[],
    readonly listener: GroupListener,
  ) {}

  holds(topic: string): Set<number> {
    const held = this.held.get(topic) ?? new Set<number>();
    this.held.set(topic, held);
    return held;
  }
}

/** One group. Rebalances run one after another; every partition is revoked before it is assigned to somebody else. */
export class EmbeddedGroup {
  readonly #members: Member[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly partitionsOf: (topic: string) => number,
    private readonly log: (message: string) => void,
  ) {}

  /** Returns how to leave. The callbacks come later. */
  join(topics: readonly string[], listener: GroupListener): () => Promise<void> {
    const member = new Member(topics, listener);
    this.#members.push(member);
    void this.#rebalance();
    let left: Promise<void> | undefined;
    return () => (left ??= this.#leave(member));
  }

  async #leave(member: Member): Promise<void> {
    this.#members.splice(this.#members.indexOf(member), 1);
    await this.#rebalance(member);
  }

  #rebalance(leaving?: Member): Promise<void> {
    this.#last = this.#last.then(async () => {
      const topics = new Set([...this.#members, ...(leaving ? [leaving] : [])].flatMap(({ topics }) => topics));
      for (const topic of topics) await this.#share(topic, leaving);
    });
    return this.#last;
  }

  async #share(topic: string, leaving: Member | undefined): Promise<void> {
    const members = this.#members.filter(({ topics }) => topics.includes(topic));
    const wanted = spread(
      this.partitionsOf(topic),
      members.map((member) => [...member.holds(topic)]),
    );
    const targets = new Map(members.map((member, index) => [member, new Set(wanted[index])]));
    const all = leaving ? [...members, leaving] : members;
    const tell = async (member: Member, kind: 'assigned' | 'revoked', partitions: readonly number[]): Promise<void> => {
      if (partitions.length === 0) return;
      try {
        await member.listener[kind](topic, partitions);
      } catch (error) {
        this.log(`A group member failed on ${kind} of ${topic}: ${String(error)}`);
      }
    };
    await Promise.all(
      all.map(async (member) => {
        const held = member.holds(topic);
        const lost = [...held].filter((partition) => !targets.get(member)?.has(partition));
        await tell(member, 'revoked', lost);
        for (const partition of lost) held.delete(partition);
      }),
    );
    await Promise.all(
      members.map(async (member) => {
        const held = member.holds(topic);
        const gained = [...(targets.get(member) ?? [])].filter((partition) => !held.has(partition));
        for (const partition of gained) held.add(partition);
        await tell(member, 'assigned', gained);
      }),
    );
  }
}
