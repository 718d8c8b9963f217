// Going on from an older backup of the database. The backup agrees with itself, and every stage is a function of its log: from the
// backup's positions it comes to the same once more, and what it writes a second time its readers skip by `source`. All that stands
// against it is what the group has committed, by which a stage knows an older backup. That is taken back here.
import { type Broker } from '@holdfast/broker';
import { listOwners } from '@holdfast/postgres';
import { type Millis, type Topic } from '@holdfast/schemas';

import { groupOf } from './group-name.js';
import { type Resources } from './resources.js';

/** Kafka takes no positions while a member that was killed still counts as one. */
const COMMIT_LIMIT_MS = 60_000;
const COMMIT_PAUSE_MS = 200;

/** A task or sink, and what it reads. */
export interface Stage {
  readonly name: string;
  readonly input: Pick<Topic<unknown>, 'name'>;
}

/** What lies between the backup and what a stage had reached. */
export interface StageRewind {
  readonly stage: Stage;
  /** Where the backup stands, by partition: only those that stand behind. */
  readonly positions: ReadonlyMap<number, number>;
  /** Records to be applied again. */
  readonly records: number;
  /** The earliest time it is in those partitions, in the backup. 0: before the first tick. */
  readonly since: Millis;
}

/** An older backup that nobody can go on from; the message says what to do. */
export class RewindRefused extends Error {
  override readonly name = 'RewindRefused';
}

/** The stages that the database is too old for; none: there is nothing to do. Changes nothing. Throws {@link RewindRefused}. */
export async function planRewind(
  { broker, database }: Resources,
  stages: readonly Stage[],
): Promise<readonly StageRewind[]> {
  const owners = await listOwners(database);
  const plan: StageRewind[] = [];
  for (const stage of stages) {
    const topic = stage.input.name;
    const bounds = await broker.bounds(topic);
    const positions = new Map<number, number>();
    let records = 0;
    let since = Infinity;
    for (const [partition, committed] of (await broker.committed(groupOf(stage.name), topic)).entries()) {
      const owner = owners.find((row) => row.task === stage.name && row.partition === partition);
      const { position, now } = owner ?? { position: 0, now: 0 };
      if (committed === null || position >= committed) continue;
      const { start, end } = bounds[partition]!;
      if (position < start) throw expired(stage, partition, start - position);
      if (committed > end) throw cut(stage, partition);
      positions.set(partition, position);
      records += committed - position;
      since = Math.min(since, now);
    }
    if (positions.size > 0) plan.push({ stage, positions, records, since });
  }
  return plan;
}

/** Carries the plan out: the stages, started after it, go on from the backup. May be repeated. */
export async function rewind(broker: Broker, plan: readonly StageRewind[]): Promise<void> {
  for (const { stage, positions } of plan) await takeBack(broker, stage, positions);
}

async function takeBack(broker: Broker, { name, input }: Stage, positions: ReadonlyMap<number, number>) {
  const group = groupOf(name);
  const nothing = async () => undefined;
  const membership = await broker.join(group, [input.name], { assigned: nothing, revoked: nothing });
  try {
    for (const deadline = performance.now() + COMMIT_LIMIT_MS; ;) {
      // Refused while the group is being formed; what counts is what it says afterwards.
      await membership.commit(input.name, positions).catch(() => undefined);
      const committed = await broker.committed(group, input.name);
      if ([...positions].every(([partition, position]) => committed[partition] === position)) return;
      if (performance.now() > deadline)
        throw new RewindRefused(`The group ${group} does not take positions: stop the stage ${name}, then try again.`);
      await new Promise((resolve) => setTimeout(resolve, COMMIT_PAUSE_MS));
    }
  } finally {
    await membership.leave();
  }
}

const expired = ({ name, input }: Stage, partition: number, count: number) =>
  new RewindRefused(
    `${count} records of ${input.name}, partition ${partition}, which ${name} would have to apply again, have expired: restore a newer backup.`,
  );
const cut = ({ name, input }: Stage, partition: number) =>
  new RewindRefused(
    `Partition ${partition} of ${input.name} ends before what ${name} had reached: the log was lost or replaced, restore it first.`,
  );
