// Records inside a frame: at f64 | key bytes u16 (0xffff: null) | header bytes u16 | value bytes u32 | key | headers | value.
// Headers are one ASCII text, `name NUL value NUL …`; the names that every record carries are one character.
import { HEADERS } from '@holdfast/schemas';

import { refuseNonAscii } from '../ascii-headers.js';
import { type BrokerRecord, type StoredRecord } from '../broker.js';
import { PermanentError } from '../errors.js';
import { refuseBadTime, refuseTooLarge } from '../record-limit.js';

const FIXED_BYTES = 16;
const NULL_KEY = 0xffff;
// Order is part of the file format: only ever append.
const KNOWN_NAMES: readonly string[] = [
  HEADERS.schema,
  HEADERS.eventId,
  HEADERS.source,
  HEADERS.sequence,
  HEADERS.traceparent,
  HEADERS.replayOf,
  HEADERS.error,
];
const CODES = new Map(KNOWN_NAMES.map((name, index) => [name, String.fromCharCode(index + 1)]));
const NAMES = new Map(KNOWN_NAMES.map((name, index) => [String.fromCharCode(index + 1), name]));

/** Throws `RangeError` naming the header when a name or value is not ASCII. */
function headerText(headers: Readonly<Record<string, string>>): string {
  let text = '';
  for (const name in headers) {
    const value = headers[name] as string;
    refuseNonAscii(name, value);
    text += `${CODES.get(name) ?? name}\0${value}\0`;
  }
  return text;
}

/** A frame under construction: room for the header, then records. */
export class FrameBuilder {
  count = 0;
  #bytes: Buffer;
  #length: number;

  constructor(readonly reserved: number) {
    this.#bytes = Buffer.allocUnsafe(2_048);
    this.#length = reserved;
  }

  get length(): number {
    return this.#length;
  }

  /** Everything so far, the reserved header included. A view, no copy. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Copies the record; the caller may reuse its value buffer. Throws `PermanentError('record-too-large')` or `RangeError`, and then has added nothing. */
  add(record: BrokerRecord, topic: string): void {
    const headers = headerText(record.headers);
    const keyBytes = record.key === null ? 0 : Buffer.byteLength(record.key);
    const size = FIXED_BYTES + keyBytes + headers.length + record.value.length;
    refuseTooLarge(size, topic);
    refuseBadTime(record.at);
    if (keyBytes >= NULL_KEY || headers.length > 0xffff) {
      const limit = `key (${keyBytes} bytes) and headers (${headers.length} bytes) must each stay below 64 KB`;
      throw new PermanentError('record-too-large', `A record for ${topic} is too large: ${limit}.`, { topic });
    }
    this.#reserve(size);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes.writeDoubleLE(record.at, at);
    bytes.writeUInt16LE(record.key === null ? NULL_KEY : keyBytes, at + 8);
    bytes.writeUInt16LE(headers.length, at + 10);
    bytes.writeUInt32LE(record.value.length, at + 12);
    at += FIXED_BYTES;
    if (record.key !== null) at += bytes.write(record.key, at, 'utf8');
    at += bytes.write(headers, at, 'latin1');
    bytes.set(record.value, at);
    this.#length += size;
    this.count += 1;
  }

  /** Forgets what was added after `mark`. */
  rewind(mark: { readonly length: number; readonly count: number }): void {
    this.#length = mark.length;
    this.count = mark.count;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** The records of a frame's body. Values are views into `body`. */
export function decodeRecords(body: Buffer, base: number, count: number): StoredRecord[] {
  const records: StoredRecord[] = new Array(count);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const keyBytes = body.readUInt16LE(at + 8);
    const headerBytes = body.readUInt16LE(at + 10);
    const keyAt = at + FIXED_BYTES;
    const headersAt = keyAt + (keyBytes === NULL_KEY ? 0 : keyBytes);
    const valueAt = headersAt + headerBytes;
    const end = valueAt + body.readUInt32LE(at + 12);
    records[index] = {
      key: keyBytes === NULL_KEY ? null : body.toString('utf8', keyAt, headersAt),
      value: body.subarray(valueAt, end),
      headers: decodeHeaders(body.toString('latin1', headersAt, valueAt)),
      at: body.readDoubleLE(at),
      offset: base + index,
    };
    at = end;
  }
  return records;
}

function decodeHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    const nameEnd = text.indexOf('\0', at);
    const valueEnd = text.indexOf('\0', nameEnd + 1);
    const name = text.slice(at, nameEnd);
    headers[NAMES.get(name) ?? name] = text.slice(nameEnd + 1, valueEnd);
    at = valueEnd + 1;
  }
  return headers;
}
