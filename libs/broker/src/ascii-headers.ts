// Header names and values are ASCII: one byte a character in every log, and readable by every tool.

const ASCII = /^[\x01-\x7f]*$/;

/** Throws `RangeError` naming the header when its name or value is not ASCII, or holds NUL. */
export function refuseNonAscii(name: string, value: string): void {
  if (ASCII.test(value) && ASCII.test(name)) return;
  throw new RangeError(`header ${JSON.stringify(name)} must be ASCII without NUL: ${JSON.stringify(value)}`);
}
