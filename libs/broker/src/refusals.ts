// Sentences of refusals that all adapters share.
import { PermanentError } from './errors.js';

/** `PermanentError('no-such-topic')`. */
export function noSuchTopic(topic: string): PermanentError {
  return new PermanentError('no-such-topic', `There is no topic ${topic}: create the topics first.`, { topic });
}

/** `PermanentError('partition-mismatch')`. */
export function partitionMismatch(topic: string, found: number, wanted: number): PermanentError {
  const message =
    `Topic ${topic} has ${found} partitions, but ${wanted} are configured. The number cannot be changed later: ` +
    `configure ${found}, or start with a new log.`;
  return new PermanentError('partition-mismatch', message, { topic, found, wanted });
}

/** A partition that the topic does not have: a mistake of the caller. */
export function unknownPartition(topic: string, partition: number, partitions: number): RangeError {
  return new RangeError(`partition must be 0 to ${partitions - 1} for topic ${topic}: ${partition}`);
}
