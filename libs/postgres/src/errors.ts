// Errors that repeating does not cure: the value itself is refused. Everything else is worth another try.

/** Why PostgreSQL refuses: a value it cannot hold (SQLSTATE 22…), or one that breaks a constraint (23…). */
export type PostgresErrorCode = 'bad-value' | 'constraint';

/** A record with such a value belongs to the dead letters. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}
