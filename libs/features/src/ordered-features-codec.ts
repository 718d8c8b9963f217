// The stored form of a customer's features with the occurrences that are kept: the length of the state before them, that state, and they.
import { customerFeaturesCodec } from './customer-features-codec.js';
import { orderedFeatures, type OrderedFeatures } from './ordered-features.js';

const LENGTH = 2;

/** Codec of {@link OrderedFeatures}; the runner stores `version` beside the bytes. `decode` throws `RangeError` on a torn row. */
export const orderedFeaturesCodec = {
  version: 2,

  encode({ base, recent }: OrderedFeatures): Uint8Array {
    const before = customerFeaturesCodec.encode(base);
    const bytes = new Uint8Array(LENGTH + before.length + recent.length);
    new DataView(bytes.buffer).setUint16(0, before.length, true);
    bytes.set(before, LENGTH);
    bytes.set(recent, LENGTH + before.length);
    return bytes;
  },

  decode(bytes: Uint8Array): OrderedFeatures {
    if (bytes.length < LENGTH) throw new RangeError(`customer features: ${bytes.length} bytes`);
    const end = LENGTH + new DataView(bytes.buffer, bytes.byteOffset).getUint16(0, true);
    // A Buffer's slice would hold all of it.
    return orderedFeatures(
      customerFeaturesCodec.decode(bytes.subarray(LENGTH, end)),
      new Uint8Array(bytes.subarray(end)),
    );
  },

  /** Version 1 kept no occurrences. */
  upgrade: (bytes: Uint8Array): OrderedFeatures =>
    orderedFeatures(customerFeaturesCodec.decode(bytes), new Uint8Array()),
};
