// Why a replay cannot go on; the message says what to do.

/** Ends the replay. Shown to people as it is. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused';
}
