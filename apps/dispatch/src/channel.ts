// What a way of sending must do: one method.
import { type ClaimedMessage } from '@holdfast/postgres';

/**
 * Hands a message over. The decision id goes along as idempotency key: a repetition (we may have died before noting the
 * first one) must be recognisable. Throws {@link RefusedError} when trying again is pointless, anything else when it is not.
 */
export interface SendChannel {
  send(message: ClaimedMessage): Promise<void>;
  close(): void;
}

/** The receiver will never take this message. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
