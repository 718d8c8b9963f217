// What ingest answers: 200 once the broker has acknowledged, whatever became of single events; otherwise one plain sentence.
import { type Rejection } from './take-in.js';

/** Most bytes of one request's body, unpacked. */
export const BATCH_LIMIT = 500 * 1024;

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly body: Accepted | { readonly message: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happened to the events of a request. */
export interface Accepted {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
}

const say = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: { message },
  headers,
});
const later = { 'retry-after': '1' };

// SDKs drop a batch for ever on any 4xx but 408, 410, 429 and 460: those below are for requests that can never work.
export const ANSWERS = {
  unreadable: (why: string) => say(400, `The body is not JSON (${why}). Send one JSON object.`),
  notGzip: (why: string) => say(400, `The body is not gzip, although \`content-encoding\` says so (${why}).`),
  cutOff: say(400, 'The request ended before its body did.'),
  notAnObject: say(400, 'The body must be a JSON object.'),
  noBatch: say(400, 'The body must hold a list `batch` of events.'),
  encoding: (name: string) => say(415, `Bodies may be plain or gzip, not ${name}.`),
  noKey: say(
    401,
    'The write key is missing: send it as the user name of Basic authorization (curl -u KEY:) or as `writeKey` in the body.',
    { 'www-authenticate': 'Basic realm="Holdfast write key"' },
  ),
  wrongKey: say(401, 'There is no such write key.', { 'www-authenticate': 'Basic realm="Holdfast write key"' }),
  noCall: say(404, 'There is no such call: POST to /v1/track, identify, page, screen, group, alias, batch or import.'),
  mayNotImport: say(
    403,
    'This write key may not import history: it needs `:import` or `:replay` in INGEST_WRITE_KEYS.',
  ),
  tooLarge: say(413, `A request may have ${BATCH_LIMIT / 1024} KB at most: send smaller batches.`),
  overloaded: say(429, 'Too much is under way: send it again in a moment.', later),
  away: say(503, 'The event log does not take records now: send it again in a moment.', later),
  noTime: say(503, 'A replay holds the clock and has not begun: send it again in a moment.', later),
} as const;
