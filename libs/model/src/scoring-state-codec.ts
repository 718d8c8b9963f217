// The stored form of a ScoringState: fixed numbers, then ids, the last days, float32 arrays, and the last steps; with 32 units and
// 15 knots about 700 bytes and 45 a step.
// Lossless, so that a restart changes no later bit. Little endian.
import { type ScoringState } from './customer-risk.js';
import { type TierRank } from './tiers.js';

const FIXED_1 = 4 + 2 + 2 + 4 + 5 * 8 + 32;
/** Version 1 had no counters and no steps. */
const FIXED_2 = FIXED_1 + 2 + 2;
/** Version 2 did not know of forecasts. */
const FIXED_3 = FIXED_2 + 8;
/** Version 3 knew of no sources. */
const FIXED_4 = FIXED_3 + 3 * 8 + 1 + 2;
/** Version 4 kept nothing of the last days. */
const FIXED = FIXED_4 + 2;
/** An instant, and a tier. */
const TIER_AT = 8 + 1;

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Codec of {@link ScoringState}; the runner stores `version` beside the bytes. `decode` throws `RangeError` on a torn row. */
export const scoringStateCodec = {
  version: 5,

  encode(state: ScoringState): Uint8Array {
    const texts = [state.shop, state.customer, state.source].map((each) => utf8.encode(each));
    const [shop, customer, source] = texts.map((bytes) => bytes.length);
    const arrays = [state.h, state.c, state.curve, state.counters];
    const floats = arrays.reduce((sum, array) => sum + array.length, 0);
    const past = [...state.crossings.map(({ at, to }) => ({ at, tier: to })), ...state.tiers];
    const size = FIXED + shop! + customer! + source! + TIER_AT * past.length + 4 * floats + state.steps.length;
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    bytes.set([state.tier, state.origin, state.h.length, state.curve.length]);
    view.setUint16(4, shop!, true);
    view.setUint16(6, customer!, true);
    view.setUint32(8, state.orders, true);
    numbersOf(state).forEach((number, i) => view.setFloat64(12 + 8 * i, number, true));
    bytes.set(bytesOfModel(state.model), MODEL);
    view.setUint16(FIXED_1, state.counters.length, true);
    view.setUint16(FIXED_1 + 2, state.steps.length, true);
    view.setFloat64(FIXED_2, state.toldUntil, true);
    [state.lost, state.crossedAt, state.heldAt].forEach((each, i) => view.setFloat64(FIXED_3 + 8 * i, each, true));
    view.setUint8(FIXED_3 + 24, state.tierBefore);
    view.setUint16(FIXED_3 + 25, source!, true);
    bytes.set([state.crossings.length, state.tiers.length], FIXED_4);
    let position = FIXED;
    for (const text of texts) {
      bytes.set(text, position);
      position += text.length;
    }
    for (const { at, tier } of past) {
      view.setFloat64(position, at, true);
      bytes[position + 8] = tier;
      position += TIER_AT;
    }
    for (const array of arrays) {
      for (let i = 0; i < array.length; i++, position += 4) view.setFloat32(position, array[i]!, true);
    }
    bytes.set(state.steps, position);
    return bytes;
  },

  decode: (bytes: Uint8Array): ScoringState => read(bytes, FIXED),

  upgrade: (bytes: Uint8Array, from: 1 | 2 | 3 | 4): ScoringState =>
    read(bytes, [FIXED_1, FIXED_2, FIXED_3, FIXED_4][from - 1]!),
};

function read(bytes: Uint8Array, fixed: number): ScoringState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fixed) throw new RangeError(`scoring state: ${bytes.length} bytes, expected at least ${fixed}`);
  const [hidden, knots, shop, customer] = [bytes[2]!, bytes[3]!, view.getUint16(4, true), view.getUint16(6, true)];
  const [counters, steps] = fixed > FIXED_1 ? [0, 2].map((at) => view.getUint16(FIXED_1 + at, true)) : [0, 0];
  const source = fixed > FIXED_3 ? view.getUint16(FIXED_3 + 25, true) : 0;
  const [crossings, tiers] = fixed > FIXED_4 ? [bytes[FIXED_4]!, bytes[FIXED_4 + 1]!] : [0, 0];
  const size =
    fixed + shop + customer + source + TIER_AT * (crossings + tiers) + 4 * (2 * hidden + knots + counters!) + steps!;
  if (bytes.length !== size) throw new RangeError(`scoring state: ${bytes.length} bytes, expected ${size}`);
  const textAt = (start: number, length: number) => text.decode(bytes.subarray(start, start + length));
  const number = (i: number) => view.getFloat64(12 + 8 * i, true);
  const past = fixed + shop + customer + source;
  const start = past + TIER_AT * (crossings + tiers);
  const tierAt = (i: number) => ({
    at: view.getFloat64(past + TIER_AT * i, true),
    tier: bytes[past + TIER_AT * i + 8] as TierRank,
  });
  const doubt = (i: number) => (fixed > FIXED_3 ? view.getFloat64(FIXED_3 + 8 * i, true) : 0);
  const floats = (from: number, length: number) => {
    const array = new Float32Array(length);
    for (let i = 0; i < length; i++) array[i] = view.getFloat32(start + 4 * (from + i), true);
    return array;
  };
  return {
    shop: textAt(fixed, shop),
    customer: textAt(fixed + shop, customer),
    model: modelIn(bytes),
    h: floats(0, hidden),
    c: floats(hidden, hidden),
    curve: floats(2 * hidden, knots),
    counters: floats(2 * hidden + knots, counters!),
    steps: new Uint8Array(bytes.subarray(size - steps!)), // a Buffer's slice would hold all of it
    tier: bytes[0] as TierRank,
    lastActivityAt: number(0),
    origin: bytes[1]!,
    importedAt: number(1),
    orders: view.getUint32(8, true),
    meanOrderMinor: number(2),
    logitBefore: number(3),
    logitAfter: number(4),
    toldUntil: fixed > FIXED_2 ? view.getFloat64(FIXED_2, true) : 0,
    source: textAt(fixed + shop + customer, source),
    lost: doubt(0),
    crossedAt: doubt(1),
    heldAt: doubt(2),
    ...(fixed > FIXED_4
      ? {
          crossings: Array.from({ length: crossings }, (_, i) => tierAt(i)).map(({ at, tier }) => ({ at, to: tier })),
          tiers: Array.from({ length: tiers }, (_, i) => tierAt(crossings + i)),
        }
      : unkept(bytes[0] as TierRank, doubt(1))),
    tierBefore: (fixed > FIXED_3 ? bytes[FIXED_3 + 24]! : 0) as TierRank,
  };
}

/** Of the last days of who was stored without them. */
const unkept = (tier: TierRank, crossedAt: number): Pick<ScoringState, 'crossings' | 'tiers'> => ({
  crossings: crossedAt > 0 ? [{ at: crossedAt, to: tier }] : [],
  tiers: [{ at: 0, tier }],
});

/** Place of the model's hash. */
const MODEL = 52;
const MODEL_BYTES = 32;
/** Hash and bytes of the last one seen: almost all customers have the same, and share one text. */
let lastModel: { readonly hash: string; readonly bytes: Uint8Array } = { hash: '', bytes: new Uint8Array(MODEL_BYTES) };

function bytesOfModel(hash: string): Uint8Array {
  if (hash !== lastModel.hash) {
    const bytes = new Uint8Array(MODEL_BYTES);
    for (let i = 0; i < MODEL_BYTES; i++) bytes[i] = Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16);
    lastModel = { hash, bytes };
  }
  return lastModel.bytes;
}

function modelIn(state: Uint8Array): string {
  const bytes = state.subarray(MODEL, MODEL + MODEL_BYTES);
  if (lastModel.hash === '' || bytes.some((byte, i) => byte !== lastModel.bytes[i])) {
    const hash = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    lastModel = { hash, bytes: new Uint8Array(bytes) };
  }
  return lastModel.hash;
}

const numbersOf = (state: ScoringState): readonly number[] => [
  state.lastActivityAt,
  state.importedAt,
  state.meanOrderMinor,
  state.logitBefore,
  state.logitAfter,
];
