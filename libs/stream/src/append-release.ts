// A model takes over by a record: from its offset on it is champion in that partition. Nothing outside the log decides.
import { type Broker } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, HEADERS, type Millis, RELEASE_SCHEMA, releaseCodec } from '@holdfast/schemas';

/**
 * Appends a release to every partition of `behavior.events`. Safe to repeat: the same records, under the same ids for the same `at`.
 * `artifact`: SHA-256 of the model's file, hex.
 */
export const appendRelease = (broker: Broker, artifact: string, at: Millis): Promise<void> =>
  append(broker, { artifact, at }, () => true);

/** Appends it to those partitions that are still empty, so that a new log begins with it. Safe to repeat after a crash. */
export const appendFirstRelease = (broker: Broker, artifact: string, at: Millis): Promise<void> =>
  append(broker, { artifact, at }, (end) => end === 0);

async function append(
  broker: Broker,
  { artifact, at }: { readonly artifact: string; readonly at: Millis },
  isFor: (end: number) => boolean,
): Promise<void> {
  const bounds = await broker.bounds(BEHAVIOR_EVENTS.name);
  const producer = await broker.producer();
  try {
    for (const [partition, { end }] of bounds.entries()) {
      if (!isFor(end)) continue;
      const id = `release-${artifact.slice(0, 16)}-${at}-${partition}`;
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
