// A dead letter holds more than its record did, and must fit into what a log takes all the same.
import { type BrokerRecord, MAX_RECORD_BYTES } from '@holdfast/broker';
import { HEADERS } from '@holdfast/schemas';

import { MAX_KEY_BYTES } from './incoming.js';

/** More than any log adds to a record: its own numbers, and its framing of each header. */
const RECORD_BYTES = 64;
const HEADER_BYTES = 8;

/** The letter, with as much of its value as there is room for. Where some had to go, a header says how long it was. */
export function fit(letter: BrokerRecord): BrokerRecord {
  const key = letter.key === null ? null : cutKey(letter.key);
  const headers = { ...letter.headers, [HEADERS.valueBytes]: String(letter.value.length) };
  const room = MAX_RECORD_BYTES - RECORD_BYTES - Buffer.byteLength(key ?? '') - sizeOf(headers);
  if (letter.value.length <= room) return { ...letter, key };
  return { ...letter, key, headers, value: letter.value.subarray(0, room) };
}

/** Text for a header: ASCII, without control characters, `most` characters at most. */
export const headerText = (text: string, most: number): string => text.slice(0, most).replace(/[^\x20-\x7e]/g, '?');

function cutKey(key: string): string {
  const bytes = Buffer.from(key);
  return bytes.length <= MAX_KEY_BYTES ? key : bytes.toString('utf8', 0, MAX_KEY_BYTES);
}

const sizeOf = (headers: Readonly<Record<string, string>>): number =>
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + HEADER_BYTES, 0);
