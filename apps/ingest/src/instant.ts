// Times as senders write them: ISO 8601, or whole milliseconds. A text without a zone is UTC, never the server's own zone.
import { type Millis } from '@holdfast/schemas';

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
/** The year 2200: later times are mistakes (seconds read as something else). */
const LATEST: Millis = 7_258_118_400_000;

/** Milliseconds since 1970, or null when it is no instant between 1970 and 2200. */
export function readInstant(value: unknown): Millis | null {
  const at = typeof value === 'string' ? parse(value) : typeof value === 'number' ? Math.floor(value) : Number.NaN;
  return at >= 0 && at < LATEST ? at : null;
}

function parse(text: string): Millis {
  const match = ISO.exec(text);
  if (!match) return Number.NaN;
  return Date.parse(match[1] === undefined && text.length > 10 ? `${text}Z` : text);
}
