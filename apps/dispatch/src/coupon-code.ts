// Single-use codes that nobody can guess and that come out the same when a batch is applied again: an HMAC of the decision id
// under a key made at the first start and kept in the database.
import { createHmac, randomBytes } from 'node:crypto';
import { takeCouponKey, type Transaction } from '@holdfast/postgres';

// Crockford's base 32: no I, L, O, U, so that a code survives being read aloud.
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12; // 60 bits

/** The code of a decision: `4F7K-Q2ZM-9XWC`. */
export function couponCode(key: Uint8Array, decisionId: string): string {
  const digest = createHmac('sha256', key).update(decisionId).digest();
  const letters = [...digest.subarray(0, LENGTH)].map((byte) => LETTERS[byte & 31]).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** The key of this installation; made and stored at the first call. */
export const couponKeyOf = (database: Transaction): Promise<Uint8Array> => takeCouponKey(database, randomBytes(32));
