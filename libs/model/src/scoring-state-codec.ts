// The stored form of a ScoringState: fixed numbers, then ids, then float32 arrays; about 450 bytes with 32 units and 15 knots.
// Lossless, so that a restart changes no later bit. Little endian.
import { type ScoringState } from './customer-risk.js';
import { type TierRank } from './tiers.js';

const FIXED = 4 + 2 + 2 + 4 + 5 * 8 + 32;

/** Codec of {@link ScoringState}; the runner stores `version` beside the bytes. `decode` throws `RangeError` on a torn row. */
export const scoringStateCodec = {
  version: 1,

  encode(state: ScoringState): Uint8Array {
    const utf8 = new TextEncoder();
    const [shop, customer] = [utf8.encode(state.shop), utf8.encode(state.customer)];
    const arrays = [state.h, state.c, state.curve];
    const floats = arrays.reduce((sum, array) => sum + array.length, 0);
    const bytes = new Uint8Array(FIXED + shop.length + customer.length + 4 * floats);
    const view = new DataView(bytes.buffer);
    bytes.set([state.tier, state.origin, state.h.length, state.curve.length]);
    view.setUint16(4, shop.length, true);
    view.setUint16(6, customer.length, true);
    view.setUint32(8, state.orders, true);
    numbersOf(state).forEach((number, i) => view.setFloat64(12 + 8 * i, number, true));
    for (let i = 0; i < 32; i++) bytes[52 + i] = Number.parseInt(state.model.slice(2 * i, 2 * i + 2), 16);
    let position = FIXED;
    for (const text of [shop, customer]) {
      bytes.set(text, position);
      position += text.length;
    }
    for (const array of arrays) {
      for (let i = 0; i < array.length; i++, position += 4) view.setFloat32(position, array[i]!, true);
    }
    return bytes;
  },

  decode(bytes: Uint8Array): ScoringState {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < FIXED) throw new RangeError(`scoring state: ${bytes.length} bytes, expected at least ${FIXED}`);
    const [hidden, knots, shop, customer] = [bytes[2]!, bytes[3]!, view.getUint16(4, true), view.getUint16(6, true)];
    const size = FIXED + shop + customer + 4 * (2 * hidden + knots);
    if (bytes.length !== size) throw new RangeError(`scoring state: ${bytes.length} bytes, expected ${size}`);
    const text = (start: number, length: number) => new TextDecoder().decode(bytes.subarray(start, start + length));
    const number = (i: number) => view.getFloat64(12 + 8 * i, true);
    const start = FIXED + shop + customer;
    const floats = (from: number, length: number) =>
      Float32Array.from({ length }, (_, i) => view.getFloat32(start + 4 * (from + i), true));
    return {
      shop: text(FIXED, shop),
      customer: text(FIXED + shop, customer),
      model: Array.from(bytes.subarray(52, 84), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      h: floats(0, hidden),
      c: floats(hidden, hidden),
      curve: floats(2 * hidden, knots),
      tier: bytes[0] as TierRank,
      lastActivityAt: number(0),
      origin: bytes[1]!,
      importedAt: number(1),
      orders: view.getUint32(8, true),
      meanOrderMinor: number(2),
      logitBefore: number(3),
      logitAfter: number(4),
    };
  },
};

const numbersOf = (state: ScoringState): readonly number[] => [
  state.lastActivityAt,
  state.importedAt,
  state.meanOrderMinor,
  state.logitBefore,
  state.logitAfter,
];
