// Whether a database belongs to a log. What a task has written names the log id of its input; the database has it registered. One that
// was set up anew has made up another, and all that came of it would be counted beside what there is.
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
  for (const [partition, { start, end }] of (await broker.bounds(topic)).entries()) {
    const stream = broker.open(topic, partition, start);
    try {
      for (let next = start; next < end;) {
        const records = await stream.next();
        if (records.length === 0) throw new Error(`The log was closed while ${topic} was read.`);
        // A letter that was sent back has none.
        const source = records.map(({ headers }) => headers[HEADERS.source]).find((text) => text !== undefined);
        if (source !== undefined) return parseSource(source).logId;
        next = records.at(-1)!.offset + 1;
      }
    } finally {
      await stream.close();
    }
  }
  return null;
}
