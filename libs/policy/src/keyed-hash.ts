// A number in [0, 1) from a list of texts: MurmurHash3 x86_32 (Appleby 2011). Its final mix changes half of the output bits
// whichever input bit changes, so that customers numbered 1, 2, 3 … are spread evenly; plain FNV-1a does not do that.

const utf8 = new TextEncoder();
const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const scramble = (k: number): number => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);

/** MurmurHash3 x86_32 as an unsigned number. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let h = seed;
  for (let i = 0; i < whole; i += 4) {
    h = rotate(h ^ scramble(view.getInt32(i, true)), 13);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (bytes.length > whole) h ^= scramble(tail);
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Even in [0, 1), the same for the same parts. Parts may hold anything but U+0000, which separates them. */
export const evenNumber = (parts: readonly string[]): number => murmur3(utf8.encode(parts.join('\u0000'))) / 2 ** 32;
