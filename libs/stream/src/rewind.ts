// Going on from an older backup of the database. The backup agrees with itself, and every stage is a function of its log: from the
// backup's positions it comes to the same once more, and what it writes a second time its readers skip by `source`. All that stands
// against it is what the group has committed, by which a stage knows an older backup. That is taken back here.
import { type Broker } from '@holdfast/broker';
import { hasOwners, listOwners, passForgottenEpochs } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';

import { findForeignTopic } from './foreign-log.js';
import { groupOf } from './group-name.js';
import { type Stage } from './log-ids.js';
import { type Resources } from './resources.js';

/** Kafka takes no positions while a member that was killed still counts as one. */
const COMMIT_LIMIT_MS = 60_000;
const COMMIT_PAUSE_MS = 200;

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
export async function planRewind(resources: Resources, stages: readonly Stage[]): Promise<readonly StageRewind[]> {
  const { broker, database } = resources;
  if (!(await hasOwners(database))) throw new RewindRefused(EMPTY);
  const foreign = await findForeignTopic(resources, stages);
  if (foreign !== null)
    throw new RewindRefused(`What is in ${foreign} was not derived under this database. ${FOREIGN}`);
  const reached = new Map<Stage, readonly (number | null)[]>();
  for (const stage of stages) reached.set(stage, await broker.committed(groupOf(stage.name), stage.input.name));
  // In this order: what a stage at work commits meanwhile is stored by the time it is read.
  const owners = await listOwners(database);
  const plan: StageRewind[] = [];
  for (const [stage, committed] of reached) {
    const bounds = await broker.bounds(stage.input.name);
    const positions = new Map<number, number>();
    let records = 0;
    let since = Infinity;
    for (const [partition, told] of committed.entries()) {
      const owner = owners.find((row) => row.task === stage.name && row.partition === partition);
      const { position, now } = owner ?? { position: 0, now: 0 };
      // Kafka forgets what a group has committed that has been away for a week: it may have come to the end.
      const end = told ?? (position > 0 ? bounds[partition]!.end : null);
      if (end === null || position >= end) continue;
      if (position < bounds[partition]!.start) throw expired(stage, partition, bounds[partition]!.start - position);
      if (end > bounds[partition]!.end) throw cut(stage, partition);
      positions.set(partition, position);
      records += end - position;
      since = Math.min(since, now);
    }
    if (positions.size > 0) plan.push({ stage, positions, records, since });
  }
  return plan;
}

/** Carries the plan out: the stages, started after it, go on from the backup. May be repeated. */
export async function rewind({ broker, database }: Resources, plan: readonly StageRewind[]): Promise<void> {
  await passForgottenEpochs(database);
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

const EMPTY = 'This database holds nothing of Holdfast: restore a backup of it first, or mend DATABASE_URL.';
const FOREIGN =
  'It is empty, or belongs to another log: restore a backup of the one that belongs to this log, or mend DATABASE_URL.';
const expired = ({ name, input }: Stage, partition: number, count: number) =>
  new RewindRefused(
    `${count} records of ${input.name}, partition ${partition}, which ${name} would have to apply again, have expired: restore a newer backup.`,
  );
const cut = ({ name, input }: Stage, partition: number) =>
  new RewindRefused(
    `Partition ${partition} of ${input.name} ends before what ${name} had reached: the log was lost or replaced, restore it first.`,
  );
