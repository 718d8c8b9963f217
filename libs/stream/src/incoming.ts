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
  WAKE_UP_SCHEMA,
  wakeUpCodec,
} from '@holdfast/schemas';

import { Stopped } from './endings.js';
import { sentenceOf } from './retry.js';

/** Position of a record's cause in the log before. */
export interface Cause {
  readonly logId: string;
  readonly offset: number;
  readonly index: number;
}

/** Longer keys name no customer: they would not fit into an index of PostgreSQL. Ingest's longest has 1,201 bytes. */
export const MAX_KEY_BYTES = 2_000;

/**
 * A record as the runner sees it. `skip`: its source was applied before, or it was sent back to another stage. `bad`: nothing but
 * its key and sequence can be read. `wake-up`: a wake-up that failed, sent back.
 */
export type Incoming<Input> = {
  readonly record: StoredRecord;
  readonly cause: Cause | null;
  /** Event id of the dead letter that was sent back to this stage; null: a record like any other. */
  readonly letter: string | null;
} & (
  | { readonly kind: 'skip' }
  | { readonly kind: 'tick'; readonly at: Millis }
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'customer'; readonly key: string; readonly sequence: number | null; readonly input: Input }
  | { readonly kind: 'wake-up'; readonly key: string; readonly wakeAt: Millis }
  | { readonly kind: 'bad'; readonly key: string | null; readonly sequence: number | null; readonly error: string }
);

/**
 * Reads records in order. Skips what is not above the highest source seen so far, starting from `highest`, and what was sent back
 * to another stage than `stage`. Throws `Stopped` when the sources come from another log than before.
 */
export class Reader<Input> {
  constructor(
    private readonly stage: string,
    private readonly topic: Topic<Input>,
    private highest: Cause | null,
  ) {}

  read(record: StoredRecord): Incoming<Input> {
    const { key, headers, value } = record;
    const stage = headers[HEADERS.replayFor];
    if (stage !== undefined) {
      // Its place is that of its letter, not of what caused it: it is read whatever has been applied since.
      const letter = headers[HEADERS.replayOf] ?? null;
      if (stage !== this.stage || letter === null) return { kind: 'skip', record, cause: null, letter: null };
      return this.readCustomer(record, { cause: null, letter });
    }
    let cause: Cause | null = null;
    try {
      cause = causeOf(headers[HEADERS.source]);
      if (cause && this.isOld(cause)) return { kind: 'skip', record, cause, letter: null };
      const schema = headers[HEADERS.schema];
      if (key === null) {
        const control = { record, cause, letter: null };
        if (schema === TICK_SCHEMA) return { kind: 'tick', ...control, at: tickCodec.decode(value).at };
        if (schema === RELEASE_SCHEMA) return { kind: 'release', ...control, release: releaseCodec.decode(value) };
        throw new RangeError(
          `a record without a key must be a tick or a release, not ${JSON.stringify(schema ?? null)}`,
        );
      }
    } catch (error) {
      if (error instanceof Stopped) throw error;
      return { kind: 'bad', record, cause, letter: null, key: nameOf(key), sequence: null, error: sentenceOf(error) };
    }
    return this.readCustomer(record, { cause, letter: null });
  }

  private readCustomer(
    record: StoredRecord,
    origin: { readonly cause: Cause | null; readonly letter: string | null },
  ): Incoming<Input> {
    const { headers, value } = record;
    const key = nameOf(record.key);
    let sequence: number | null = null;
    try {
      sequence = sequenceOf(headers[HEADERS.sequence]);
      if (!(record.at >= 0)) throw new RangeError(`the record has no time: ${record.at}`);
      if (key === null) throw new RangeError(`the key names no customer: ${KEY_RULE}`);
      if (origin.letter !== null && headers[HEADERS.schema] === WAKE_UP_SCHEMA) {
        return { kind: 'wake-up', record, ...origin, key, wakeAt: wakeUpCodec.decode(value).wakeAt };
      }
      return { kind: 'customer', record, ...origin, key, sequence, input: this.topic.decode(value) };
    } catch (error) {
      return { kind: 'bad', record, ...origin, key, sequence, error: sentenceOf(error) };
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

const KEY_RULE = `it must be without U+0000 and have ${MAX_KEY_BYTES} bytes at most`;

/** The key, unless PostgreSQL cannot hold it: then there is nobody to count the record for. */
function nameOf(key: string | null): string | null {
  if (key === null || key.includes('\0')) return null;
  return key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES ? null : key;
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
