// Dead letters as they lie in their topics.
import { type Broker, scan, type StoredRecord } from '@holdfast/broker';
import { deadLetterTopic, HEADERS, parseSource, type Source } from '@holdfast/schemas';

import { DeadLettersRefused } from './refusal.js';
import { INPUTS, isStage, type Stage, STAGES } from './stages.js';

/** One letter. */
export interface Letter {
  /** `stage/partition/offset` in the topic of dead letters: what people name it by. */
  readonly id: string;
  readonly stage: Stage;
  readonly partition: number;
  readonly record: StoredRecord;
  /** Event id: the same when it was written twice. */
  readonly eventId: string;
  /** Where the record stands that it is about, in the input of its stage. */
  readonly source: Source;
}

/** All letters of some stages, oldest first within each partition. */
export async function readLetters(broker: Broker, stages: readonly Stage[] = STAGES): Promise<Letter[]> {
  const letters: Letter[] = [];
  for (const stage of stages) {
    const topic = deadLetterTopic(stage);
    for (const [partition, bounds] of (await broker.bounds(topic)).entries()) {
      // A stage that was killed between a letter and its checkpoint has written it again.
      const seen = new Set<string>();
      for await (const record of scan(broker, { topic, partition }, bounds)) {
        const letter = letterOf(stage, partition, record);
        if (seen.has(letter.eventId)) continue;
        seen.add(letter.eventId);
        letters.push(letter);
      }
    }
  }
  return letters;
}

/** One letter by its id. Throws {@link DeadLettersRefused} when there is none. */
export async function readLetter(broker: Broker, id: string): Promise<Letter> {
  const [, stage = '', ...numbers] = /^(.+)\/(\d+)\/(\d+)$/.exec(id) ?? [];
  const [partition, offset] = numbers.map(Number);
  if (!isStage(stage) || partition === undefined || offset === undefined) {
    throw new DeadLettersRefused(`${id} is no ID of a dead letter, like scoring/3/17: \`list\` shows them.`);
  }
  const topic = deadLetterTopic(stage);
  const bounds = (await broker.bounds(topic))[partition];
  const isThere = bounds !== undefined && offset >= bounds.start && offset < bounds.end;
  if (isThere) {
    for await (const record of scan(broker, { topic, partition }, { start: offset, end: offset + 1 })) {
      return letterOf(stage, partition, record);
    }
  }
  throw new DeadLettersRefused(`There is no dead letter ${id}: \`list\` shows those there are.`);
}

function letterOf(stage: Stage, partition: number, record: StoredRecord): Letter {
  const { [HEADERS.eventId]: eventId = '', [HEADERS.source]: source = '' } = record.headers;
  const id = `${stage}/${partition}/${record.offset}`;
  try {
    return { id, stage, partition, record, eventId, source: parseSource(source) };
  } catch {
    const topic = deadLetterTopic(stage);
    throw new DeadLettersRefused(
      `The record at offset ${record.offset} of ${topic}, partition ${partition}, is no dead letter of Holdfast: remove it from there.`,
    );
  }
}

/** The customer it is about; null: a partition as a whole. */
export const customerOf = ({ record }: Letter): string | null => record.key;

/** Why it could not be applied. */
export const reasonOf = ({ record }: Letter): string => record.headers[HEADERS.error] ?? '';

/** Where its record stands. */
export const placeOf = ({ stage, partition, source }: Letter) => ({
  topic: INPUTS[stage],
  partition,
  offset: source.offset,
});
