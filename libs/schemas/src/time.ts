// Time inside Holdfast is a whole number of milliseconds since 1970 (UTC); on the wire it is ISO 8601.

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type Millis = number;

/** Milliseconds in a second, a minute, an hour and a day. */
export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

/** ISO 8601 with milliseconds and `Z`. Throws `RangeError` when `at` is not a representable instant. */
export const toIso = (at: Millis): string => new Date(at).toISOString();

/** Reads an ISO 8601 instant. Throws `RangeError` naming the text when it is none. */
export function fromIso(text: string): Millis {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new RangeError(`not an ISO 8601 instant: ${JSON.stringify(text)}`);
  return at;
}
