// Times as senders write them: ISO 8601, or whole milliseconds. A text without a zone is UTC, never the server's own zone.
import { type Millis } from '@holdfast/schemas';

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
/** A number below is one of seconds: as milliseconds it would lie before 1973. */
const SMALLEST: Millis = 1e11;
/** The year 2200: later times are mistakes. */
const LATEST: Millis = 7_258_118_400_000;

/** Milliseconds since 1970, or null when it is no instant between 1970 and 2200. */
export function clientInstant(value: unknown): Millis | null {
  const at = typeof value === 'string' ? parse(value) : wholeMillis(value);
  return at >= 0 && at < LATEST ? at : null;
}

const wholeMillis = (value: unknown): Millis =>
  typeof value === 'number' && value >= SMALLEST ? Math.floor(value) : Number.NaN;

function parse(text: string): Millis {
  const match = ISO.exec(text);
  if (!match) return Number.NaN;
  // `Date.parse` takes 30 February for 2 March.
  const day = Number(text.slice(8, 10));
  if (day > 28 && new Date(text.slice(0, 10)).getUTCDate() !== day) return Number.NaN;
  return Date.parse(match[1] === undefined && text.length > 10 ? `${text}Z` : text);
}
