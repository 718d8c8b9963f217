// Topics of dead letters that cannot be written: the partition that has one to write waits, says why, and the others go on.
import { CUSTOMER_FEATURES, CUSTOMER_RISK, deadLetterTopic } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { whyNotReady } from '../arena/fleet.js';
import { purchase } from '../arena/regulars.js';
import { until } from '../arena/rest.js';
import { openTopic, shutTopic } from '../arena/topic-config.js';
import { nameInside } from '../load/names.js';
import { BAD, poisonName, type PoisonedStage } from '../services/poison.js';

export const UNWRITABLE = 'dead letters cannot be written';

/** How long is looked whether a partition goes on, ms: sinks wait a moment for company. */
const LOOK_MS = 5_000;

/** For what came before the record that cannot be buried to be saved, ms. */
const SETTLE_MS = 6_000;

/** Each of them in a partition of its own, so that none waits for another. */
const STAGES: readonly PoisonedStage[] = ['features', 'scoring', 'dispatch'];

/** Returns the customers who have a letter in the end. */
export async function unwritable(arena: Arena): Promise<string[]> {
  const { partitions } = arena.options;
  const names = STAGES.map((stage, partition) =>
    nameInside(partition, partitions, `${poisonName(stage, 'step')}-stuck`),
  );
  await arena.load.send(names.map((name) => purchase(name, 'first')));
  for (const stage of STAGES) await shutTopic(arena, deadLetterTopic(stage));
  try {
    await arena.load.send(names.flatMap((name) => [purchase(name, BAD), purchase(name, 'after')]));
    await Promise.all(
      STAGES.map((stage) => until(`${stage} to say what it waits for`, () => whatItSays(arena, stage))),
    );
    arena.say('dead letters cannot be written');
    await look(arena);
  } finally {
    for (const stage of STAGES) await openTopic(arena, deadLetterTopic(stage));
  }
  await arena.recovers();
  await arena.fleet.ready();
  return names;
}

/** Null: a process of the stage says that its letters cannot be written. */
async function whatItSays({ fleet }: Arena, stage: PoisonedStage): Promise<string | null> {
  const sentences = await Promise.all(fleet.of(stage).map(whyNotReady));
  const says = `The topic ${deadLetterTopic(stage)} cannot be written`;
  return sentences.some((sentence) => sentence?.includes(says)) ? null : `it says ${sentences.join(' and ')}`;
}

/** The partition stands still; elsewhere the stage goes on. */
async function look(arena: Arena): Promise<void> {
  await arena.pause(SETTLE_MS);
  const before: number[][] = [];
  for (const stage of STAGES) before.push(await progress(arena, stage));
  await arena.pause(LOOK_MS);
  for (const [own, stage] of STAGES.entries()) {
    const now = await progress(arena, stage);
    const moved = now.map((end, partition) => end > before[own]![partition]!);
    if (moved[own])
      arena.faults.push(`${stage} went on in partition ${own} without having buried what it could not take.`);
    if (!moved.slice(STAGES.length).includes(true))
      arena.faults.push(`${stage} stood still in other partitions than the one that waited.`);
    if (!moved[own]) arena.struck(UNWRITABLE);
  }
}

/** How far a stage is in each partition: of what it has put out, or of what it has taken. */
async function progress({ grounds, options }: Arena, stage: PoisonedStage): Promise<number[]> {
  if (stage !== 'dispatch') {
    const output = stage === 'features' ? CUSTOMER_FEATURES : CUSTOMER_RISK;
    return (await grounds.broker.bounds(output.name)).map(({ end }) => end);
  }
  const rows = await grounds.database.query<{ partition: number; position: string }>(
    `select partition, position from owners where task = 'dispatch'`,
  );
  const positions = new Map(rows.map(({ partition, position }) => [partition, Number(position)]));
  return Array.from({ length: options.partitions }, (_, partition) => positions.get(partition) ?? 0);
}
