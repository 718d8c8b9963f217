// What a record says without its value being understood: what kind it is, what caused it, its place among the customer's records.
import { type StoredRecord } from '@holdfast/broker';
import {
  HEADERS,
  type Millis,
  type Release,
  RELEASE_SCHEMA,
  releaseCodec,
  TICK_SCHEMA,
  tickCodec,
  type Topic,
} from '@holdfast/schemas';

import { Stopped } from './endings.js';
import { sentenceOf } from './retry.js';

/** Position of a record's cause in the log before. */
export interface Cause {
  readonly logId: string;
  readonly offset: number;
  readonly index: number;
}

/** A record as the runner sees it. `skip`: its source was applied before. `bad`: nothing but its key and sequence can be read. */
export type Incoming<Input> = {
  readonly record: StoredRecord;
  readonly cause: Cause | null;
} & (
  | { readonly kind: 'skip' }
  | { readonly kind: 'tick'; readonly at: Millis }
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'customer'; readonly key: string; readonly sequence: number | null; readonly input: Input }
  | { readonly kind: 'bad'; readonly key: string | null; readonly sequence: number | null; readonly error: string }
);

/**
 * Reads records in order. Skips what is not above the highest source seen so far, starting from `highest`. Throws `Stopped` when
 * the sources come from another log than before.
 */
export class Reader<Input> {
  constructor(
    private readonly topic: Topic<Input>,
    private highest: Cause | null,
  ) {}

  read(record: StoredRecord): Incoming<Input> {
    const { key, headers, value } = record;
    let cause: Cause | null = null;
    let sequence: number | null = null;
    try {
      cause = causeOf(headers[HEADERS.source]);
      if (cause && this.isOld(cause)) return { kind: 'skip', record, cause };
      const schema = headers[HEADERS.schema];
      if (key === null) {
        if (schema === TICK_SCHEMA) return { kind: 'tick', record, cause, at: tickCodec.decode(value).at };
        if (schema === RELEASE_SCHEMA) return { kind: 'release', record, cause, release: releaseCodec.decode(value) };
        throw new RangeError(
          `a record without a key must be a tick or a release, not ${JSON.stringify(schema ?? null)}`,
        );
      }
      sequence = sequenceOf(headers[HEADERS.sequence]);
      if (key.includes('\0')) throw new RangeError('the key contains U+0000');
      return { kind: 'customer', record, cause, key, sequence, input: this.topic.decode(value) };
    } catch (error) {
      if (error instanceof Stopped) throw error;
      // PostgreSQL cannot hold such a key, so there is nobody to count the record for.
      const customer = key?.includes('\0') ? null : key;
      return { kind: 'bad', record, cause, key: customer, sequence, error: sentenceOf(error) };
    }
  }

  private isOld(cause: Cause): boolean {
    const { highest } = this;
    if (highest) {
      if (highest.logId !== cause.logId) {
        throw new Stopped(
          `The records of ${this.topic.name} are derived from log ${cause.logId}, and before from ${highest.logId}: ` +
            'a topic was made anew under an old database. Restore the log, or start with an empty database and log.',
        );
      }
      if (cause.offset < highest.offset || (cause.offset === highest.offset && cause.index <= highest.index))
        return true;
    }
    this.highest = cause;
    return false;
  }
}

// `<log id>/<partition>/<offset>.<index>`, as formatSource writes it; on the hot path, so without a regular expression.
function causeOf(source: string | undefined): Cause | null {
  if (source === undefined) return null;
  const first = source.indexOf('/');
  const second = source.indexOf('/', first + 1);
  const dot = source.indexOf('.', second + 1);
  const offset = Number(source.slice(second + 1, dot));
  const index = Number(source.slice(dot + 1));
  if (first < 1 || second < 0 || dot < 0 || !Number.isSafeInteger(offset) || !Number.isSafeInteger(index)) {
    throw new RangeError(`not a source position: ${JSON.stringify(source)}`);
  }
  return { logId: source.slice(0, first), offset, index };
}

function sequenceOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const sequence = Number(text);
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new RangeError(`not a sequence: ${JSON.stringify(text)}`);
  return sequence;
}
