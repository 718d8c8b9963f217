// `npm run rewind`, as a person would run it against the services' Kafka and PostgreSQL.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Arena } from './arena.js';
import { repositoryRoot } from './repository.js';

const call = promisify(execFile);

/** Resolves to what it says; rejects with its sentence when it refuses. */
export async function rewindCommand({ grounds, options }: Arena, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    KAFKA_BROKERS: grounds.kafka.brokers,
    KAFKA_CLIENT: options.client,
    DATABASE_URL: grounds.postgres.url,
  };
  const program = join(repositoryRoot, 'apps', 'rewind', 'dist', 'main.js');
  const { stdout } = await call(process.execPath, [program, ...args], { env });
  return stdout;
}
