// Why a letter, or the whole command, cannot be dealt with; the message says what to do.

/** Shown to people as it is. */
export class DeadLettersRefused extends Error {
  override readonly name = 'DeadLettersRefused';
}
