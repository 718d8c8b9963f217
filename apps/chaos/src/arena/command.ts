// A command of the repository, as a person would run it against the services' Kafka and PostgreSQL.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Arena } from './arena.js';
import { repositoryRoot } from './repository.js';

const call = promisify(execFile);
const MOST_BYTES = 100 * 2 ** 20;

/** `npm run <app> -- <args>`. Resolves to what it says; rejects with its sentence when it refuses. */
export async function command(
  { grounds, options }: Arena,
  app: 'rewind' | 'dead-letters',
  ...args: string[]
): Promise<string> {
  const env = {
    ...process.env,
    KAFKA_BROKERS: grounds.kafka.brokers,
    KAFKA_CLIENT: options.client,
    DATABASE_URL: grounds.postgres.url,
  };
  const program = join(repositoryRoot, 'apps', app, 'dist', 'main.js');
  const { stdout } = await call(process.execPath, [program, ...args], { env, maxBuffer: MOST_BYTES });
  return stdout;
}
