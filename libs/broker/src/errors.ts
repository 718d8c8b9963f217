// Errors that repeating does not cure. Everything else an adapter throws is worth another try.

/** Codes of permanent errors of the log. */
export type BrokerErrorCode =
  'partition-mismatch' | 'no-such-topic' | 'offset-out-of-range' | 'corrupt-log' | 'record-too-large' | 'locked';

/** A failure of the log that another try does not cure. `message` is a sentence that says what to do. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  constructor(
    readonly code: BrokerErrorCode,
    message: string,
    readonly context: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
