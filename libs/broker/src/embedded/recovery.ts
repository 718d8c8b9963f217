// Reading the journal at start: every frame is checked. Above the recorded synced end a frame that does not check out is a torn
// write and is cut off; below it, it is damage, and stops the partitions it may belong to. Nothing is skipped in silence.
import { PermanentError } from '../errors.js';
import { type FrameHeader, HEADER_BYTES, isBodyIntact, nextMagic, readHeader } from './frame.js';
import { type PartitionLog } from './partition-log.js';
import { byteOf, positionOf, type Segments, segmentOf } from './segments.js';

/** What recovery needs to know. */
export interface RecoveryInput {
  readonly segments: Segments;
  /** From the side file; 0 when there is none. */
  readonly recordedEnd: number;
  readonly partitions: readonly PartitionLog[];
  /** Told about a torn tail, in a sentence. */
  readonly log: (message: string) => void;
}

/** A frame, or the bytes up to the next one that are none. */
interface Span {
  readonly at: number;
  readonly header: FrameHeader | null;
  readonly body: Buffer;
}

function* walk(bytes: Buffer): Generator<Span> {
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes, at);
    const end = header ? at + HEADER_BYTES + header.bodyBytes : Infinity;
    if (header && end <= bytes.length) {
      yield { at, header, body: bytes.subarray(at + HEADER_BYTES, end) };
      at = end;
    } else {
      let next = nextMagic(bytes, at + 1);
      while (next >= 0 && !readHeader(bytes, next)) next = nextMagic(bytes, next + 1);
      const stop = next < 0 ? bytes.length : next;
      yield { at, header: null, body: bytes.subarray(at, stop) };
      at = stop;
    }
  }
}

/** Up to where everything is known to have been synced: the side file, or what frames written later say. */
function syncedEnd({ segments, recordedEnd }: RecoveryInput, lastBytes: Buffer): number {
  // A segment is only started when the ones before it are complete.
  let end = Math.max(recordedEnd, positionOf(segments.count - 1, 0));
  for (const { header } of walk(lastBytes)) if (header) end = Math.max(end, header.syncedEnd);
  return end;
}

/**
 * Fills the partitions from the journal, truncates a torn tail, syncs the rest, and returns the end.
 * Damaged partitions are stopped; throws `PermanentError('corrupt-log')` when the end of the journal is missing.
 */
export function recover(input: RecoveryInput): number {
  const { segments, partitions, log } = input;
  const byId = new Map(partitions.map((partition) => [`${partition.topicId}/${partition.partition}`, partition]));
  const suspects = new Map<PartitionLog, number>();
  const last = segments.count - 1;
  const lastBytes = segments.read(positionOf(last, 0), segments.size(last));
  const safeEnd = syncedEnd(input, lastBytes);

  for (let segment = 0; segment <= last; segment += 1) {
    const bytes = segment === last ? lastBytes : segments.read(positionOf(segment, 0), segments.size(segment));
    for (const { at, header, body } of walk(bytes)) {
      const position = positionOf(segment, at);
      const partition = header ? byId.get(`${header.topicId}/${header.partition}`) : undefined;
      const isIntact = header !== null && isBodyIntact(header, body);
      if (position >= safeEnd && !(partition && isIntact)) {
        const lost = bytes.length - at;
        segments.truncate(position);
        log(`Cut ${lost} bytes of an unfinished write off ${segments.path(segment)} at ${at}; none was acknowledged.`);
        break;
      }
      if (header && partition) {
        if (header.base === partition.end) suspects.delete(partition);
        else partition.stopAt(partition.end, suspects.get(partition) ?? position);
        const place = { base: header.base, count: header.count, position, bytes: HEADER_BYTES + body.length };
        partition.publish(place);
        if (!isIntact) partition.stopAt(header.base, position);
      } else {
        // Whose it was cannot be told. A partition that goes on without a gap has lost nothing; the others stop.
        for (const each of partitions) if (!suspects.has(each)) suspects.set(each, position);
      }
    }
  }
  for (const [partition, position] of suspects) partition.stopAt(partition.end, position);
  for (const partition of partitions) partition.next = partition.end;
  if (segments.end < safeEnd) throw endMissing(segments, safeEnd);
  segments.sync();
  return segments.end;
}

function endMissing(segments: Segments, safeEnd: number): PermanentError {
  const file = segments.path(segmentOf(safeEnd));
  const message =
    `The journal ${file} is shorter than when it was last written: acknowledged records are missing from byte ` +
    `${byteOf(segments.end)} on. Restore the file from a copy, or start with another data folder.`;
  return new PermanentError('corrupt-log', message, { file, position: byteOf(segments.end) });
}
