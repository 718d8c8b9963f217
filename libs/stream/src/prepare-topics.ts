// Makes all topics with one partition count and registers them: the count is fixed from then on, and so is each log's id.
import { randomBytes } from 'node:crypto';

import { PermanentError } from '@holdfast/broker';
import { registerTopics } from '@holdfast/postgres';
import { TOPICS } from '@holdfast/schemas';

import { type Resources } from './resources.js';

/**
 * Creates the topics that are missing and registers them in PostgreSQL. Safe to call from every service at start. Throws
 * `PermanentError('partition-mismatch')` with a sentence when they were made with another count.
 */
export async function prepareTopics(resources: Resources, partitions: number): Promise<void> {
  const registered = await registerTopics(
    resources.database,
    TOPICS.map(({ name }) => ({ name, partitions, logId: randomBytes(4).toString('hex') })),
  );
  const other = registered.find((topic) => topic.partitions !== partitions);
  if (other) {
    throw new PermanentError(
      'partition-mismatch',
      `The topic ${other.name} was made with ${other.partitions} partitions and cannot be used with ${partitions}: ` +
        `set PARTITIONS=${other.partitions}, or start with an empty database and log.`,
      { topic: other.name, registered: other.partitions, asked: partitions },
    );
  }
  await resources.broker.createTopics(TOPICS.map(({ name, retentionDays }) => ({ name, partitions, retentionDays })));
}
