// What has become of letters: nothing yet, on their way back, or taken in by their stage.
import { type Broker, scan } from '@holdfast/broker';
import { type Database, findPositions, findTakenIn } from '@holdfast/postgres';
import { HEADERS } from '@holdfast/schemas';

import { type Letter } from './letters.js';
import { INPUTS } from './stages.js';

/** `taken-in`: applied, or a new letter by now. */
export type Standing = 'open' | 'on-its-way' | 'taken-in';

/** Where letters are looked up and sent back to. */
export interface Place {
  readonly broker: Broker;
  readonly database: Database;
}

/** The standing of each of `letters`, by id. */
export async function standingOf(
  { broker, database }: Place,
  letters: readonly Letter[],
): Promise<ReadonlyMap<string, Standing>> {
  const standing = new Map<string, Standing>();
  for (const group of byPartition(letters)) {
    const { stage, partition } = group[0]!;
    // In this order: what its stage takes in meanwhile is noted by the time the notes are read.
    const position = (await findPositions(database, stage)).get(partition) ?? 0;
    const onTheirWay = await findOnTheirWay(broker, group[0]!, position);
    const takenIn = await findTakenIn(
      database,
      { task: stage, partition },
      group.map(({ eventId }) => eventId),
    );
    for (const { id, eventId } of group) {
      standing.set(id, takenIn.has(eventId) ? 'taken-in' : onTheirWay.has(eventId) ? 'on-its-way' : 'open');
    }
  }
  return standing;
}

/** Event ids of the letters between what a stage has applied and the end of its input. */
async function findOnTheirWay(
  broker: Broker,
  { stage, partition }: Letter,
  position: number,
): Promise<ReadonlySet<string>> {
  const topic = INPUTS[stage];
  const bounds = (await broker.bounds(topic))[partition]!;
  const found = new Set<string>();
  const stretch = { start: Math.max(bounds.start, position), end: bounds.end };
  for await (const { headers } of scan(broker, { topic, partition }, stretch)) {
    const letter = headers[HEADERS.replayOf];
    if (headers[HEADERS.replayFor] === stage && letter !== undefined) found.add(letter);
  }
  return found;
}

function byPartition(letters: readonly Letter[]): readonly Letter[][] {
  const groups = new Map<string, Letter[]>();
  for (const letter of letters) {
    const name = `${letter.stage}/${letter.partition}`;
    const group = groups.get(name);
    if (group) group.push(letter);
    else groups.set(name, [letter]);
  }
  return [...groups.values()];
}
