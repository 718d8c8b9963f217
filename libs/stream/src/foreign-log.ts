// Whether a database belongs to a log. What a task has written names the log id of its input; the database has it registered. One that
// was set up anew has made up another, and all that came of it would be counted beside what there is.
import { scan } from '@holdfast/broker';
import { HEADERS, parseSource } from '@holdfast/schemas';

import { findLogIds, type Stage } from './log-ids.js';
import { type Resources } from './resources.js';

/** The first topic that was not derived under this database; null: there is none. Throws what {@link findLogIds} does. */
export async function findForeignTopic(resources: Resources, stages: readonly Stage[]): Promise<string | null> {
  const registered = await findLogIds(resources, stages);
  for (const { input, output } of stages) {
    if (!output) continue;
    const logId = await findCause(resources, output.name);
    if (logId !== null && logId !== registered.get(input.name)) return output.name;
  }
  return null;
}

/** Log id of what a topic was derived from; null while it is empty. */
async function findCause({ broker }: Resources, topic: string): Promise<string | null> {
  for (const [partition, bounds] of (await broker.bounds(topic)).entries()) {
    for await (const { headers } of scan(broker, { topic, partition }, bounds)) {
      const { [HEADERS.source]: source } = headers;
      // A letter that was sent back has none.
      if (source !== undefined) return parseSource(source).logId;
    }
  }
  return null;
}
