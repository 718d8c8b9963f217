// The two requests that carry records, Produce 9 and Fetch 12 (Kafka 2.7 and newer), with the records left as bytes.
// All other requests are the client library's own.
import { createAPI, type Reader, ResponseError, Writer } from '@platformatic/kafka';

/** Error codes of the protocol that this adapter acts on. */
export const KAFKA = {
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  recordListTooLarge: 18,
  illegalGeneration: 22,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAlreadyExists: 36,
  memberIdRequired: 79,
  groupIdNotFound: 69,
} as const;

/** Codes that another try, after a look at who leads the partition, may cure. */
const PASSING = new Set([3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 41, 56, 72, 74, 75, 78, 89]);

/** Whether a partition's error code may go away by itself. */
export const isPassing = (code: number): boolean => PASSING.has(code);

/** The protocol's error codes inside an error of the library; none for a network error. */
export function codesOf(error: unknown): number[] {
  if (!(error instanceof ResponseError)) return [];
  return error.errors.map((each) => Number((each as { apiCode?: number }).apiCode));
}

/** One partition of a request or an answer. */
export interface ProducePart {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}
export interface ProducedPart {
  readonly topic: string;
  readonly partition: number;
  readonly code: number;
  readonly base: number;
  readonly message: string | null;
}
export interface FetchPart {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}
export interface FetchedPart {
  readonly topic: string;
  readonly partition: number;
  readonly code: number;
  readonly end: number;
  readonly start: number;
  readonly bytes: Buffer | null;
}

function byTopic<Part extends { readonly topic: string }>(parts: readonly Part[]): [string, Part[]][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const group = groups.get(part.topic);
    if (group) group.push(part);
    else groups.set(part.topic, [part]);
  }
  return [...groups];
}

/** acks = all. */
export const produce = createAPI<[parts: readonly ProducePart[], timeoutMs: number], readonly ProducedPart[]>(
  0,
  9,
  (parts: readonly ProducePart[], timeoutMs: number) =>
    Writer.create()
      .appendString(null)
      .appendInt16(-1)
      .appendInt32(timeoutMs)
      .appendArray(byTopic(parts), (topicWriter, [topic, group]) => {
        topicWriter.appendString(topic).appendArray(group, (writer, { partition, batch }) => {
          writer
            .appendInt32(partition)
            .appendUnsignedVarInt(batch.length + 1)
            .append(batch);
        });
      })
      .appendTaggedFields(),
  (_correlation, _key, _version, reader: Reader) =>
    reader
      .readArray((topicReader) => {
        const topic = topicReader.readString();
        return topicReader.readArray((each) => {
          const partition = each.readInt32();
          const code = each.readInt16();
          const base = Number(each.readInt64());
          each.readInt64();
          each.readInt64();
          each.readArray((error) => [error.readInt32(), error.readNullableString()]);
          return { topic, partition, code, base, message: each.readNullableString() };
        });
      })
      .flat(),
);

/** Waits up to `maxWaitMs` for the first byte. */
export const fetchRecords = createAPI<
  [parts: readonly FetchPart[], maxWaitMs: number, maxBytes: number],
  readonly FetchedPart[]
>(
  1,
  12,
  (parts: readonly FetchPart[], maxWaitMs: number, maxBytes: number) =>
    Writer.create()
      .appendInt32(-1) // no replica
      .appendInt32(maxWaitMs)
      .appendInt32(1)
      .appendInt32(maxBytes)
      .appendInt8(0) // read uncommitted: nothing of ours is transactional
      .appendInt32(0) // no fetch session
      .appendInt32(-1)
      .appendArray(byTopic(parts), (topicWriter, [topic, group]) => {
        topicWriter.appendString(topic).appendArray(group, (writer, part) => {
          writer.appendInt32(part.partition).appendInt32(-1).appendInt64(BigInt(part.offset));
          writer.appendInt32(-1).appendInt64(-1n).appendInt32(part.maxBytes);
        });
      })
      .appendArray([], () => {})
      .appendString('')
      .appendTaggedFields(),
  (_correlation, key, version, reader: Reader) => {
    reader.readInt32();
    const code = reader.readInt16();
    reader.readInt32();
    if (code !== 0) throw new ResponseError(key, version, { '': [code, null] }, {});
    return reader
      .readArray((topicReader) => {
        const topic = topicReader.readString();
        return topicReader.readArray((each) => readFetched(each, topic));
      })
      .flat();
  },
);

function readFetched(reader: Reader, topic: string): FetchedPart {
  const partition = reader.readInt32();
  const code = reader.readInt16();
  const end = Number(reader.readInt64());
  reader.readInt64();
  const start = Number(reader.readInt64());
  reader.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
  reader.readInt32();
  const size = reader.readUnsignedVarInt() - 1;
  if (size <= 0) return { topic, partition, code, start, end, bytes: null };
  const bytes = reader.buffer.slice(reader.position, reader.position + size);
  reader.skip(size);
  return { topic, partition, code, start, end, bytes };
}
