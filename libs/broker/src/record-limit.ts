// What every log refuses, so that what one adapter takes the others take too.
import { PermanentError } from './errors.js';

/** Largest record a log takes, in bytes of key, headers and value: Kafka's default bound, less room for its framing. */
export const MAX_RECORD_BYTES = 1_000_000;

/** Throws `PermanentError('record-too-large')`; adapters call it before anything is sent. */
export function refuseTooLarge(bytes: number, topic: string): void {
  if (bytes <= MAX_RECORD_BYTES) return;
  const message = `A record of ${bytes} bytes for ${topic} is over the limit of ${MAX_RECORD_BYTES} bytes: make it smaller.`;
  throw new PermanentError('record-too-large', message, { topic, bytes, limit: MAX_RECORD_BYTES });
}

/** Throws `RangeError` when a record's time is not a whole number of milliseconds since 1970, which is all Kafka can store. */
export function refuseBadTime(at: number): void {
  if (!Number.isSafeInteger(at) || at < 0) throw new RangeError(`at must be whole milliseconds since 1970: ${at}`);
}
