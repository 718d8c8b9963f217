// Consumer groups of the simulated broker. Who has been declared dead loses its partitions at once and hears of it when it resumes.
import { type GroupListener, type Membership } from '@holdfast/broker';

import { type Process, type World } from './world.js';

interface Member {
  readonly process: Process;
  readonly topic: string;
  readonly listener: GroupListener;
  /** What its listener has been told that it has. */
  readonly held: Set<number>;
  isMember: boolean;
  isLeaving: boolean;
}

interface Group {
  members: Member[];
  readonly owners: (Member | null)[];
  readonly committed: (number | null)[];
}

export class SimulatedGroups {
  private readonly groups = new Map<string, Group>();

  private readonly numbers: readonly number[];

  constructor(
    private readonly world: World,
    partitionCount: number,
  ) {
    this.numbers = Array.from({ length: partitionCount }, (_, p) => p);
  }

  committed(name: string): readonly (number | null)[] {
    return [...this.of(name).committed];
  }

  /** The session of a process has run out, or it has been killed. */
  expire(process: Process): void {
    for (const group of this.groups.values()) {
      for (const member of group.members) if (member.process === process) member.isMember = false;
      if (process.isDead) group.members = group.members.filter((member) => member.process !== process);
      this.rebalance(group);
    }
  }

  /** A process that resumes finds out that it is out and joins again by itself, as clients do. */
  welcome(process: Process): void {
    for (const group of this.groups.values()) {
      for (const member of group.members) if (member.process === process && !process.isDead) member.isMember = true;
      this.rebalance(group);
    }
  }

  rebalanceAll(): void {
    for (const group of this.groups.values()) this.rebalance(group);
  }

  async join(process: Process, name: string, topic: string, listener: GroupListener): Promise<Membership> {
    const group = this.of(name);
    const member: Member = { process, topic, listener, held: new Set(), isMember: true, isLeaving: false };
    await this.world.call(process, 'join', () => {
      group.members.push(member);
      this.rebalance(group);
    });
    const ended = this.serve(group, member);
    return {
      commit: (_topic, positions) => {
        const write = () => {
          for (const [partition, position] of positions) group.committed[partition] = position;
        };
        return this.world.call(process, 'commit', write, { mayFail: true, mayBeLate: true });
      },
      leave: async () => {
        member.isLeaving = true;
        await ended;
        await this.world.call(process, 'leave', () => {
          member.isMember = false;
          group.members = group.members.filter((other) => other !== member);
          this.rebalance(group);
        });
      },
    };
  }

  /** Tells a member what it has lost and got, one thing after the other. */
  private async serve(group: Group, member: Member): Promise<void> {
    const { process, topic, listener, held } = member;
    const isLost = (p: number) => held.has(p) && (member.isLeaving || group.owners[p] !== member);
    const isGot = (p: number) =>
      !member.isLeaving && group.owners[p] === member && !held.has(p) && this.isFree(group, p);
    const hasNews = (p: number) => isLost(p) || isGot(p);
    const ready = () => member.isLeaving || (!process.isDeaf && this.numbers.some(hasNews));
    for (;;) {
      await this.world.call(process, 'assignment', () => undefined, { ready });
      const gone = this.numbers.filter(isLost);
      if (gone.length > 0) {
        await listener.revoked(topic, gone);
        for (const p of gone) held.delete(p);
      }
      if (member.isLeaving) return;
      const fresh = this.numbers.filter(isGot);
      for (const p of fresh) held.add(p);
      if (fresh.length > 0) await listener.assigned(topic, fresh);
    }
  }

  /** A partition goes to its new owner when the old one has let go, or is held to be dead. */
  private isFree(group: Group, partition: number): boolean {
    return !group.members.some(
      (other) =>
        other !== group.owners[partition] &&
        other.held.has(partition) &&
        other.isMember &&
        !other.process.isDead &&
        !other.process.isDeaf &&
        !other.process.isPaused,
    );
  }

  private of(name: string): Group {
    let group = this.groups.get(name);
    if (!group) {
      const none = () => this.numbers.map(() => null);
      this.groups.set(name, (group = { members: [], owners: none(), committed: none() }));
    }
    return group;
  }

  private rebalance(group: Group): void {
    const alive = group.members.filter((member) => member.isMember && !member.process.isDead);
    for (const p of this.numbers) {
      group.owners[p] = alive.length === 0 ? null : this.world.random.pick(alive);
    }
  }
}
