// Time stamps as data sets write them. Without a zone they are the shop's wall clock and are read as if it were UTC.
import { DAY, HOUR, type Millis, MINUTE, SECOND } from '@holdfast/schemas';

const FORM =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/;
/** Times outside these years are mistakes: no shop's log is that old or that new. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

// Rows of one order share their time: most reads are a repetition.
let last: { readonly text: string; readonly at: Millis | null } = { text: '', at: null };

/** Reads `2009-12-01 07:45:00`, `19970101`, `2019-10-01 00:00:00 UTC` and ISO 8601. `null` when it is none of them. */
export function readTimestamp(text: string): Millis | null {
  if (text !== last.text) last = { text, at: parse(text) };
  return last.at;
}

function parse(text: string): Millis | null {
  const match = FORM.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(midnight);
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  const clock = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 61;
  if (!exists || !clock || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return null;
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3));
  return midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND + millis - offsetOf(zone);
}

function offsetOf(zone: string | undefined): Millis {
  if (zone === undefined || zone === 'Z' || zone === 'UTC') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * HOUR + Number(zone.slice(-2)) * MINUTE);
}

/** Midnight (UTC) at or before an instant. */
export const startOfDay = (at: Millis): Millis => Math.floor(at / DAY) * DAY;
