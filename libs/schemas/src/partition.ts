// Which partition a customer lives in: murmur2 of the UTF-8 key, as Kafka's Java client does it, so that other producers agree.
// ingest chooses it here; the stages after it write to the partition they read from.

const utf8 = new TextEncoder();

/** Key of all records of one customer: `shop/customer`. `/` cannot occur in a shop id. */
export const customerKey = (shop: string, customer: string): string => `${shop}/${customer}`;

/** The inverse of {@link customerKey}. */
export function splitKey(key: string): { shop: string; customer: string } {
  const slash = key.indexOf('/');
  if (slash < 0) throw new RangeError(`not a customer key: ${JSON.stringify(key)}`);
  return { shop: key.slice(0, slash), customer: key.slice(slash + 1) };
}

/** Partition of a key, 0 ≤ p < partitions. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions;
}

/** murmur2, 32 bits, seed 0x9747b28c (Appleby 2008; the variant of Kafka's `Utils.murmur2`). */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length;
  let h = 0x9747b28c ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (length > whole) h = Math.imul(h ^ tail, m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
