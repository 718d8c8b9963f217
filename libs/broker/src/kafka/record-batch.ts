// Kafka's record batch, format 2 (https://kafka.apache.org/documentation/#recordbatch), read and written without an object per field:
// base offset i64 | length i32 | leader epoch i32 | magic i8 | CRC-32C u32 | attributes i16 | last offset delta i32 | first time i64
// | max time i64 | producer id i64 | producer epoch i16 | sequence i32 | count i32 | records
import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka';

import { refuseNonAscii } from '../ascii-headers.js';
import { type BrokerRecord, type StoredRecord } from '../broker.js';
import { refuseBadTime, refuseTooLarge } from '../record-limit.js';
import { varintBytes, VarintReader, writeVarint } from './varint.js';

const HEAD_BYTES = 61;
const CRC_FROM = 21;
const COMPRESSION = 0b111;
const CONTROL = 1 << 5;

/** Who writes, and which record of theirs comes first: what lets Kafka recognise a repeated batch. */
export interface ProducerStamp {
  readonly id: bigint;
  readonly epoch: number;
  readonly sequence: number;
}

/**
 * Bytes a record takes in a batch, with room to spare for its delta fields.
 * Throws `PermanentError('record-too-large')`, or `RangeError` when a header is not ASCII or the time no whole number.
 */
export function checkedSize(record: BrokerRecord, topic: string): number {
  let size = (record.key === null ? 0 : Buffer.byteLength(record.key)) + record.value.length;
  for (const name in record.headers) {
    const value = record.headers[name] as string;
    refuseNonAscii(name, value);
    size += name.length + value.length + 6;
  }
  refuseTooLarge(size, topic);
  refuseBadTime(record.at);
  return size + 40;
}

/** One batch. `capacity` is the sum of the records' `checkedSize`. */
export function encodeBatch(records: readonly BrokerRecord[], capacity: number, stamp: ProducerStamp): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + capacity);
  const firstAt = records[0]?.at ?? 0;
  let maxAt = firstAt;
  let at = HEAD_BYTES;
  for (const [delta, record] of records.entries()) {
    at = writeRecord(bytes, record, { at, delta, firstAt });
    if (record.at > maxAt) maxAt = record.at;
  }
  const batch = bytes.subarray(0, at);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(at - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch[16] = 2;
  batch.writeInt16BE(0, CRC_FROM);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(firstAt), 27);
  batch.writeBigInt64BE(BigInt(maxAt), 35);
  batch.writeBigInt64BE(stamp.id, 43);
  batch.writeInt16BE(stamp.epoch, 51);
  batch.writeInt32BE(stamp.sequence, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_FROM)), 17);
  return batch;
}

function writeRecord(
  bytes: Buffer,
  record: BrokerRecord,
  place: { readonly at: number; readonly delta: number; readonly firstAt: number },
): number {
  const { key, value, headers } = record;
  const since = record.at - place.firstAt;
  const keyBytes = key === null ? -1 : Buffer.byteLength(key);
  let count = 0;
  let size = 1 + varintBytes(since) + varintBytes(place.delta) + varintBytes(keyBytes) + Math.max(0, keyBytes);
  size += varintBytes(value.length) + value.length;
  for (const name in headers) {
    const length = (headers[name] as string).length;
    size += varintBytes(name.length) + name.length + varintBytes(length) + length;
    count += 1;
  }
  size += varintBytes(count);
  let at = writeVarint(bytes, size, place.at);
  bytes[at] = 0;
  at = writeVarint(bytes, since, at + 1);
  at = writeVarint(bytes, place.delta, at);
  at = writeVarint(bytes, keyBytes, at);
  if (key !== null) at += bytes.write(key, at, 'utf8');
  at = writeVarint(bytes, value.length, at);
  bytes.set(value, at);
  at = writeVarint(bytes, count, at + value.length);
  for (const name in headers) {
    const text = headers[name] as string;
    at = writeVarint(bytes, name.length, at);
    at += bytes.write(name, at, 'latin1');
    at = writeVarint(bytes, text.length, at);
    at += bytes.write(text, at, 'latin1');
  }
  return at;
}

/** The offset after the last complete batch in `bytes`; `from` when there is none. Decodes nothing. */
export function offsetAfter(bytes: Buffer, from: number): number {
  let next = from;
  for (const at of batchStarts(bytes)) next = readInt64(bytes, at) + bytes.readInt32BE(at + 23) + 1;
  return next;
}

/**
 * The records of all complete batches from offset `from` on (the first batch may start before it). Transaction markers are
 * left out. The record's own time is used even where the topic stamps the time of arrival. Values are views into `bytes`.
 * Checksums are left to TCP, as other clients do.
 */
export function decodeBatches(bytes: Buffer, from: number): StoredRecord[] {
  const records: StoredRecord[] = [];
  for (const at of batchStarts(bytes)) {
    const attributes = bytes.readInt16BE(at + CRC_FROM);
    if ((attributes & CONTROL) === 0) decodeBatch(bytes, { at, attributes, from }, records);
  }
  return records;
}

function* batchStarts(bytes: Buffer): Generator<number> {
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) return;
    if (bytes[at + 16] !== 2) throw new Error(`record batch format ${bytes[at + 16]} is not read by this client`);
    yield at;
    at = end;
  }
}

function decodeBatch(
  bytes: Buffer,
  batch: { readonly at: number; readonly attributes: number; readonly from: number },
  into: StoredRecord[],
): void {
  const base = readInt64(bytes, batch.at);
  const firstAt = readInt64(bytes, batch.at + 27);
  const count = bytes.readInt32BE(batch.at + 57);
  const end = batch.at + 12 + bytes.readInt32BE(batch.at + 8);
  const isPacked = (batch.attributes & COMPRESSION) !== 0;
  const reader = isPacked
    ? new VarintReader(unpack(bytes.subarray(batch.at + HEAD_BYTES, end), batch.attributes & COMPRESSION), 0)
    : new VarintReader(bytes, batch.at + HEAD_BYTES);
  for (let index = 0; index < count; index += 1) {
    const length = reader.read();
    const next = reader.at + length;
    reader.at += 1;
    const at = firstAt + reader.read();
    const offset = base + reader.read();
    if (offset >= batch.from) into.push(decodeRecord(reader, at, offset));
    reader.at = next;
  }
}

function decodeRecord(reader: VarintReader, at: number, offset: number): StoredRecord {
  const { bytes } = reader;
  const keyBytes = reader.read();
  const key = keyBytes < 0 ? null : bytes.toString('utf8', reader.at, (reader.at += keyBytes));
  const valueBytes = Math.max(0, reader.read());
  const value = bytes.subarray(reader.at, (reader.at += valueBytes));
  const headers: Record<string, string> = {};
  for (let left = reader.read(); left > 0; left -= 1) {
    const nameBytes = reader.read();
    const name = bytes.toString('latin1', reader.at, (reader.at += nameBytes));
    const textBytes = Math.max(0, reader.read());
    headers[name] = bytes.toString('latin1', reader.at, (reader.at += textBytes));
  }
  return { key, value, headers, at, offset };
}

function unpack(bytes: Buffer, algorithm: number): Buffer {
  const found = compressionsAlgorithmsByBitmask[algorithm as keyof typeof compressionsAlgorithmsByBitmask];
  if (!found) throw new Error(`compression ${algorithm} is not known to this client`);
  return found.decompressSync(bytes);
}

/** Exact up to 2⁵³, which offsets and times are. */
const readInt64 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
