// Time inside Holdfast is a whole number of milliseconds since 1970 (UTC); on the wire it is ISO 8601.

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type Millis = number;

/** Milliseconds in a second, a minute, an hour and a day. */
export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

const twoDigits = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
/** The last day written, `2026-11-25T`: records of one moment share it, and every record carries several times. */
let lastDay = NaN;
let lastDayText = '';

/** ISO 8601 with milliseconds and `Z`. Throws `RangeError` when `at` is not a representable instant. */
export function toIso(at: Millis): string {
  const day = Math.floor(at / DAY);
  if (day !== lastDay) {
    lastDayText = new Date(at).toISOString().slice(0, -13);
    lastDay = day;
  }
  const ms = Math.trunc(at - day * DAY);
  const clock = `${twoDigits[Math.floor(ms / HOUR)]}:${twoDigits[Math.floor(ms / MINUTE) % 60]}:${twoDigits[Math.floor(ms / SECOND) % 60]}`;
  const fraction = ms % SECOND;
  return `${lastDayText}${clock}.${fraction < 100 ? '0' : ''}${twoDigits[fraction] ?? fraction}Z`;
}

/** Reads an ISO 8601 instant. Throws `RangeError` naming the text when it is none. */
export function fromIso(text: string): Millis {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new RangeError(`not an ISO 8601 instant: ${JSON.stringify(text)}`);
  return at;
}
