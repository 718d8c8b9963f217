// Kafka's variable-length integers: zigzag, seven bits a byte, low bits first. Plain numbers, exact up to 2⁵².

/** Bytes `value` takes. */
export function varintBytes(value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let bytes = 1;
  while (rest >= 128) {
    rest = Math.floor(rest / 128);
    bytes += 1;
  }
  return bytes;
}

/** Writes `value` at `at` and returns where the next byte goes. */
export function writeVarint(target: Uint8Array, value: number, at: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let next = at;
  while (rest >= 128) {
    target[next] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    next += 1;
  }
  target[next] = rest;
  return next + 1;
}

/** Reads along a buffer. */
export class VarintReader {
  constructor(
    readonly bytes: Buffer,
    public at: number,
  ) {}

  read(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    let raw = byte & 127;
    let scale = 128;
    while (byte >= 128) {
      byte = bytes[this.at++] as number;
      raw += (byte & 127) * scale;
      scale *= 128;
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }
}
