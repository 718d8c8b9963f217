// The local Kafka of tools/kafka, which is plain JavaScript because tests and people start it too.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { repositoryRoot } from './repository.js';

/** A Kafka of our own. */
export interface LocalKafka {
  readonly brokers: string;
  stop(): Promise<void>;
}

/** Starts it. Throws a plain sentence when Java or Maven is missing. */
export async function startLocalKafka(options: { readonly directory: string }): Promise<LocalKafka> {
  const tool = pathToFileURL(join(repositoryRoot, 'tools', 'kafka', 'local-kafka.mjs')).href;
  const { startLocalKafka: start } = (await import(tool)) as {
    startLocalKafka(options: { directory: string }): Promise<LocalKafka>;
  };
  return start(options);
}
