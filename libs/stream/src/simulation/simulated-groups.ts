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
}

interface Group {
  readonly members: Member[];
  readonly owners: (Member | null)[];
  readonly committed: (number | null)[];
}

export class SimulatedGroups {
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly world: World,
    private readonly partitionCount: number,
  ) {}

  committed(name: string): readonly (number | null)[] {
    return [...this.of(name).committed];
  }

  /** The session of a process has run out, or it has been killed. */
  expire(process: Process): void {
    for (const group of this.groups.values()) {
      for (const member of group.members) if (member.process === process) member.isMember = false;
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
    const member: Member = { process, topic, listener, held: new Set(), isMember: true };
    await this.world.call(
      process,
      () => {
        group.members.push(member);
        this.rebalance(group);
      },
      { mayFail: false },
    );
    let isLeaving = false;
    const ended = this.serve(group, member, () => isLeaving);
    return {
      commit: (_topic, positions) =>
        this.world.call(process, () => {
          for (const [partition, position] of positions) group.committed[partition] = position;
        }),
      leave: async () => {
        isLeaving = true;
        await ended;
        await this.world.call(process, () => {
          member.isMember = false;
          group.members.splice(group.members.indexOf(member), 1);
          this.rebalance(group);
        });
      },
    };
  }

  /** Tells a member what it has lost and got, one thing after the other. */
  private async serve(group: Group, member: Member, isLeaving: () => boolean): Promise<void> {
    const lost = () => [...member.held].filter((p) => isLeaving() || group.owners[p] !== member);
    const got = () =>
      isLeaving()
        ? []
        : group.owners.flatMap((owner, p) =>
            owner === member && !member.held.has(p) && this.isFree(group, p) ? p : [],
          );
    for (;;) {
      await this.world.call(member.process, () => undefined, {
        ready: () => isLeaving() || (!member.process.isDeaf && (lost().length > 0 || got().length > 0)),
      });
      const gone = lost();
      if (gone.length > 0) {
        await member.listener.revoked(member.topic, gone);
        for (const p of gone) member.held.delete(p);
      }
      if (isLeaving()) return;
      const fresh = got();
      for (const p of fresh) member.held.add(p);
      if (fresh.length > 0) await member.listener.assigned(member.topic, fresh);
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
      const none = () => Array.from({ length: this.partitionCount }, () => null);
      this.groups.set(name, (group = { members: [], owners: none(), committed: none() }));
    }
    return group;
  }

  private rebalance(group: Group): void {
    const alive = group.members.filter((member) => member.isMember && !member.process.isDead);
    for (let p = 0; p < this.partitionCount; p++) {
      group.owners[p] = alive.length === 0 ? null : this.world.random.pick(alive);
    }
  }
}
