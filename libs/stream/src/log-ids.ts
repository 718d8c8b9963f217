// What the registered topics say about those a service is about to use: their log ids, and that their partitions fit together.
import { PermanentError } from '@holdfast/broker';
import { findTopics } from '@holdfast/postgres';
import { deadLetterTopic, type Topic } from '@holdfast/schemas';

import { type Resources } from './resources.js';

/** A task or sink: what it reads, and what a task writes. */
export interface Stage {
  readonly name: string;
  readonly input: Pick<Topic<unknown>, 'name'>;
  readonly output?: Pick<Topic<unknown>, 'name'>;
}

/** Log ids by topic name. Throws `PermanentError` with a sentence when a topic is missing or has another partition count. */
export async function findLogIds(
  { broker, database }: Resources,
  stages: readonly Stage[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Set(
    stages.flatMap(({ name, input, output }) => [input.name, ...(output ? [output.name] : []), deadLetterTopic(name)]),
  );
  const registered = await findTopics(database, [...names]);
  const byName = new Map(registered.map((topic) => [topic.name, topic]));
  for (const name of names) {
    const topic = byName.get(name);
    if (!topic) {
      throw new PermanentError('no-such-topic', `The topic ${name} is not registered: prepare the topics first.`);
    }
    const partitions = await broker.partitions(name);
    if (partitions !== topic.partitions || partitions !== registered[0]!.partitions) {
      throw new PermanentError(
        'partition-mismatch',
        `The topic ${name} has ${partitions} partitions and ${registered[0]!.partitions} are expected: all topics must have the same number.`,
      );
    }
  }
  return new Map(registered.map((topic) => [topic.name, topic.logId]));
}
