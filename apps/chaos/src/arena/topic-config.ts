// Kafka's own tool for the settings of a topic, as an operator has it: it changes one and leaves the others.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { type Arena } from './arena.js';
import { kafkaClassPath } from './kafka.js';

const call = promisify(execFile);
const SETTING = 'max.message.bytes';

/** No record fits into the topic any more. */
export const shutTopic = (arena: Arena, topic: string): Promise<void> =>
  alter(arena, topic, '--add-config', `${SETTING}=1`);

/** As before. */
export const openTopic = (arena: Arena, topic: string): Promise<void> =>
  alter(arena, topic, '--delete-config', SETTING);

async function alter({ grounds }: Arena, topic: string, ...change: string[]): Promise<void> {
  const tool = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', await kafkaClassPath()];
  const where = ['--bootstrap-server', grounds.kafka.brokers, '--entity-type', 'topics', '--entity-name', topic];
  await call('java', [...tool, 'kafka.admin.ConfigCommand', ...where, '--alter', ...change]);
}
