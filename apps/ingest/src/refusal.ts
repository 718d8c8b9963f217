// Why an event was not taken in: a value, not an exception. The sender gets it in the answer, the shop in behavior.rejected.

/** Short codes for counting. */
export type RefusalReason =
  | 'not-an-object'
  | 'too-large'
  | 'bad-text'
  | 'unknown-type'
  | 'no-customer'
  | 'bad-id'
  | 'bad-time'
  | 'no-time'
  | 'future'
  | 'bad-amount'
  | 'bad-currency'
  | 'wrong-shop'
  | 'schema'
  | 'not-in-replay'
  | 'may-not-replay';

/** One event refused. `pointer` is a JSON pointer into that event, `message` a sentence for a person. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly pointer: string;
  readonly message: string;
}
