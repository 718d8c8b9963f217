// What a record says besides its value.
import { type StoredRecord } from '@holdfast/broker';
import { HEADERS } from '@holdfast/schemas';

const MAX_KEY_BYTES = 2_000;

/** Whom it is about; null: a key that nobody can have. */
export const customerOf = ({ key }: StoredRecord): string | null =>
  key === null || key.includes('\0') || Buffer.byteLength(key) > MAX_KEY_BYTES ? null : key;

/** Place among the customer's records; null: it has none; NaN: it has one that is none. */
export function sequenceOf({ headers }: StoredRecord): number | null {
  const text = headers[HEADERS.sequence];
  if (text === undefined) return null;
  const sequence = Number(text);
  return Number.isSafeInteger(sequence) && sequence >= 1 ? sequence : NaN;
}
