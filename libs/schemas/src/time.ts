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

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
/** The last day after the 28th that was read. */
let lastLateDay = '';

/** False for 30 February, which `Date.parse` takes for 2 March. */
function exists(day: string): boolean {
  if (day.slice(8) <= '28' || day === lastLateDay) return true;
  if (new Date(day).getUTCDate() !== Number(day.slice(8))) return false;
  lastLateDay = day;
  return true;
}

/**
 * Reads an ISO 8601 instant: date, time with seconds, and a zone (`Z` or `±hh:mm`); digits after the millisecond are dropped.
 * Throws `RangeError` naming the text when it is none.
 */
export function fromIso(text: string): Millis {
  // The form first: `Date.parse` alone also takes "March 7", in the zone of this machine.
  const at = INSTANT.test(text) && exists(text.slice(0, 10)) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new RangeError(`not an ISO 8601 instant: ${JSON.stringify(text)}`);
  return at;
}
