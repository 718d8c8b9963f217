// Why a release cannot be shown, served or promoted; the message says what to do.

/** Shown to people as it is. */
export class ReleaseRefused extends Error {
  override readonly name = 'ReleaseRefused';
}
