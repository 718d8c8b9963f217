// Who gets which partition, worked out by the group's leader in two steps: what moves is first taken from its owner, and given to
// the next one only in the rebalance that the owner asks for when it has let go. What stays is not touched.
// Bytes are the standard consumer protocol's, so that Kafka's own tools show the group.
import { Reader, Writer } from '@platformatic/kafka';

import { spread } from '../spread.js';

/** Partitions by topic. */
export type Holding = ReadonlyMap<string, readonly number[]>;

/** What a member says when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  readonly owned: Holding;
}

function appendHolding(writer: Writer, holding: Holding): Writer {
  return writer.appendArray(
    [...holding],
    (each, [topic, partitions]) =>
      each
        .appendString(topic, false)
        .appendArray([...partitions], (number, partition) => number.appendInt32(partition), false, false),
    false,
    false,
  );
}

function readHolding(reader: Reader): Holding {
  const entries = reader.readArray(
    (each) => {
      const topic = each.readString(false);
      return [topic, each.readArray((number) => number.readInt32(), false, false)] as const;
    },
    false,
    false,
  );
  return new Map(entries);
}

/** Subscription, version 1. */
export function encodeSubscription({ topics, owned }: Subscription): Buffer {
  const writer = Writer.create()
    .appendInt16(1)
    .appendArray([...topics], (each, topic) => each.appendString(topic, false), false, false)
    .appendBytes(null, false);
  return appendHolding(writer, owned).buffer;
}

export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = Reader.from(bytes);
  const version = reader.readInt16();
  const topics = reader.readArray((each) => each.readString(false), false, false);
  reader.readNullableBytes(false);
  return { topics, owned: version >= 1 ? readHolding(reader) : new Map() };
}

/** Assignment, version 1. */
export const encodeAssignment = (holding: Holding): Buffer =>
  appendHolding(Writer.create().appendInt16(1), holding).appendBytes(null, false).buffer;

export function decodeAssignment(bytes: Buffer): Holding {
  if (bytes.length < 6) return new Map();
  const reader = Reader.from(bytes);
  reader.readInt16();
  return readHolding(reader);
}

/**
 * Each member's partitions for now: its fair share, without what another member still holds.
 * A partition that two members claim (one of them was away) is held by neither.
 */
export function assign(
  members: ReadonlyMap<string, Subscription>,
  counts: ReadonlyMap<string, number>,
): Map<string, Map<string, number[]>> {
  const result = new Map([...members.keys()].map((member) => [member, new Map<string, number[]>()]));
  for (const [topic, count] of counts) {
    const takers = [...members].filter(([, { topics }]) => topics.includes(topic)).sort(([a], [b]) => (a < b ? -1 : 1));
    const claims = takers.map(([, { owned }]) => owned.get(topic) ?? []);
    const owners = new Map<number, number>();
    claims.forEach((claim, index) => {
      for (const partition of claim) owners.set(partition, owners.has(partition) ? -1 : index);
    });
    const held = claims.map((claim, index) => claim.filter((partition) => owners.get(partition) === index));
    const shares = spread(count, held);
    takers.forEach(([member], index) => {
      const isFree = (partition: number): boolean => (owners.get(partition) ?? index) === index;
      result.get(member)?.set(topic, (shares[index] ?? []).filter(isFree));
    });
  }
  return result;
}
