// A customer's last occurrences, packed one behind the other: some 70 bytes each with the ids that browsers make. The length of an id stands on both
// sides of it, so that the first and the last one can be read without the others.
import { type Millis } from '@holdfast/schemas';

import { type Occurrence } from './occurrence.js';

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** at, amount, items; type, flags, device, category. */
const FIXED = 3 * 8 + 4;
/** With the two lengths. */
const AROUND = FIXED + 2 + 2;
const DISCOUNT = 1;
const COUPON = 2;

/** The occurrences with one more behind them. Lossless: to fold them again changes no bit. */
export function withOccurrence(packed: Uint8Array, one: Occurrence): Uint8Array {
  const id = utf8.encode(one.id);
  const bytes = new Uint8Array(packed.length + AROUND + id.length);
  bytes.set(packed);
  const view = new DataView(bytes.buffer, packed.length);
  [one.at, one.amount, one.items].forEach((number, i) => view.setFloat64(8 * i, number, true));
  const flags = (one.discount ? DISCOUNT : 0) | (one.coupon ? COUPON : 0);
  bytes.set([one.type, flags, one.device, one.category], packed.length + 24);
  view.setUint16(FIXED, id.length, true);
  bytes.set(id, packed.length + FIXED + 2);
  view.setUint16(AROUND - 2 + id.length, id.length, true);
  return bytes;
}

export const packOccurrences = (occurrences: readonly Occurrence[]): Uint8Array =>
  occurrences.reduce<Uint8Array>(withOccurrence, new Uint8Array());

/** In the order in which they were packed. Throws `RangeError` on torn bytes. */
export function unpackOccurrences(packed: Uint8Array): Occurrence[] {
  const occurrences: Occurrence[] = [];
  let rest = packed;
  while (rest.length > 0) {
    const size = sizeOf(rest);
    if (size > rest.length) throw new RangeError(`occurrences: ${rest.length} bytes left, expected ${size}`);
    occurrences.push(read(rest));
    rest = rest.subarray(size);
  }
  return occurrences;
}

/** When the oldest one happened. There must be one. */
export const firstAt = (packed: Uint8Array): Millis => viewOf(packed).getFloat64(0, true);

/** The oldest one, and those that follow. There must be one. */
export const firstOf = (packed: Uint8Array): { readonly first: Occurrence; readonly rest: Uint8Array } => ({
  first: read(packed),
  rest: packed.slice(sizeOf(packed)),
});

/** The newest one; undefined: there is none. */
export function lastOf(packed: Uint8Array): Occurrence | undefined {
  if (packed.length === 0) return undefined;
  return read(packed.subarray(packed.length - AROUND - viewOf(packed).getUint16(packed.length - 2, true)));
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const sizeOf = (packed: Uint8Array): number =>
  packed.length < AROUND ? AROUND : AROUND + viewOf(packed).getUint16(FIXED, true);

function read(packed: Uint8Array): Occurrence {
  const view = viewOf(packed);
  const flags = packed[25]!;
  return {
    at: view.getFloat64(0, true),
    id: text.decode(packed.subarray(FIXED + 2, sizeOf(packed) - 2)),
    type: packed[24]!,
    amount: view.getFloat64(8, true),
    items: view.getFloat64(16, true),
    discount: (flags & DISCOUNT) !== 0,
    coupon: (flags & COUPON) !== 0,
    device: packed[26]!,
    category: packed[27]!,
  };
}
