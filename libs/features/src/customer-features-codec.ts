// The stored form of a customer's features: a bitmap of the numbers that are not 0, then those as float64, little endian. Most
// customers use a fraction of the vocabulary, so a row is 200–450 bytes. Lossless: a restart must change no later bit.
import { type CustomerFeatures, nobody, STATE_FIELDS } from './customer-features.js';
import { type Gaps } from './gaps.js';

const GAP_FIELDS = ['count', 'sum', 'squares', 'max', 'ewma', 'last'] as const satisfies readonly (keyof Gaps)[];
const DECAYED_START = STATE_FIELDS.length + 2 * GAP_FIELDS.length;
const SIZE = DECAYED_START + nobody().decayed.length;
const BITMAP = Math.ceil(SIZE / 8);

/** Codec of {@link CustomerFeatures}. `decode` throws `RangeError` on torn bytes. */
export const customerFeaturesCodec = {
  encode(state: CustomerFeatures): Uint8Array {
    const numbers = flatten(state);
    let present = 0;
    for (const number of numbers) if (number !== 0) present++;
    const bytes = new Uint8Array(BITMAP + 8 * present);
    const view = new DataView(bytes.buffer);
    let position = BITMAP;
    for (let i = 0; i < SIZE; i++) {
      if (numbers[i] === 0) continue;
      bytes[i >> 3]! |= 1 << (i & 7);
      view.setFloat64(position, numbers[i]!, true);
      position += 8;
    }
    return bytes;
  },

  decode(bytes: Uint8Array): CustomerFeatures {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const numbers = new Float64Array(SIZE);
    let position = BITMAP;
    for (let i = 0; i < SIZE && bytes.length >= BITMAP; i++) {
      if ((bytes[i >> 3]! & (1 << (i & 7))) === 0) continue;
      if (position + 8 <= bytes.length) numbers[i] = view.getFloat64(position, true);
      position += 8;
    }
    if (position !== bytes.length)
      throw new RangeError(`customer features: ${bytes.length} bytes, expected ${position}`);
    return restore(numbers);
  },
};

function flatten(state: CustomerFeatures): Float64Array {
  const numbers = new Float64Array(SIZE);
  let i = 0;
  for (const field of STATE_FIELDS) numbers[i++] = state[field];
  for (const field of GAP_FIELDS) numbers[i++] = state.purchaseGaps[field];
  for (const field of GAP_FIELDS) numbers[i++] = state.sessionGaps[field];
  numbers.set(state.decayed, i);
  return numbers;
}

function restore(numbers: Float64Array): CustomerFeatures {
  const state = nobody();
  let i = 0;
  for (const field of STATE_FIELDS) state[field] = numbers[i++]!;
  for (const field of GAP_FIELDS) state.purchaseGaps[field] = numbers[i++]!;
  for (const field of GAP_FIELDS) state.sessionGaps[field] = numbers[i++]!;
  state.decayed.set(numbers.subarray(DECAYED_START));
  return state;
}
