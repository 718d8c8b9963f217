// The first record of every partition names the champion model, so that nothing outside the log decides what scores.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Broker } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, HEADERS, type Millis, RELEASE_SCHEMA, releaseCodec } from '@holdfast/schemas';

/** Hash of the release that ships with Holdfast. */
export async function shippedRelease(modelsDir: string): Promise<string> {
  return (await readFile(join(modelsDir, 'champion'), 'utf8')).trim();
}

/** Appends the release to those partitions of `behavior.events` that are still empty. Safe to repeat after a crash. */
export async function appendFirstRelease(broker: Broker, artifact: string, at: Millis): Promise<void> {
  const bounds = await broker.bounds(BEHAVIOR_EVENTS.name);
  const producer = await broker.producer();
  try {
    for (const [partition, { end }] of bounds.entries()) {
      if (end > 0) continue;
      const id = `release-${artifact.slice(0, 16)}-${partition}`;
      await producer.append(BEHAVIOR_EVENTS.name, partition, [
        {
          key: null,
          value: releaseCodec.encode({ type: 'release', at, artifact }, { id, sequence: 0 }),
          headers: { [HEADERS.schema]: RELEASE_SCHEMA, [HEADERS.eventId]: id },
          at,
        },
      ]);
    }
  } finally {
    await producer.close();
  }
}
