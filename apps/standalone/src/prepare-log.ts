// What must exist before any service works: tables, topics, and the first release in the log.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { migrate, takeClock } from '@holdfast/postgres';
import { infrastructureSettings, readSettings } from '@holdfast/service';
import { appendFirstRelease, prepareTopics, type Resources } from '@holdfast/stream';

import { repositoryRoot } from './repository.js';

/**
 * Makes tables and topics where they are missing, names the shipped release in a new log and says whose clock it has:
 * `replay` when history comes first. Safe to repeat: what exists stays what it is.
 */
export async function prepare(
  resources: Resources,
  environment: NodeJS.ProcessEnv,
  clock: 'live' | 'replay',
): Promise<void> {
  const { PARTITIONS } = readSettings(infrastructureSettings, environment);
  await migrate(resources.database);
  await prepareTopics(resources, PARTITIONS);
  const models = environment['SCORING_MODELS_DIR'] ?? join(repositoryRoot, 'models');
  await appendFirstRelease(resources.broker, await shippedRelease(models), 0);
  await takeClock(resources.database, clock);
}

/** Hash of the release that ships with Holdfast. */
async function shippedRelease(modelsDir: string): Promise<string> {
  return (await readFile(join(modelsDir, 'champion'), 'utf8')).trim();
}
