// Reading stored states: older versions are upgraded, newer ones refused.
import { type VersionedBytes } from '@holdfast/postgres';

import { Stopped } from './endings.js';
import { type StateCodec } from './task.js';

/** Throws `Stopped` with a sentence when the bytes are of a version this program does not know. */
export function readState<State>(codec: StateCodec<State>, stored: VersionedBytes, what: string): State {
  if (stored.version === codec.version) return codec.decode(stored.bytes);
  if (stored.version > codec.version) {
    throw new Stopped(
      `The stored ${what} has version ${stored.version} and this program knows ${codec.version} at most: start the newer release again.`,
    );
  }
  if (!codec.upgrade) {
    throw new Stopped(
      `The stored ${what} has version ${stored.version}, which this program (version ${codec.version}) cannot upgrade: ` +
        'start the release in between first.',
    );
  }
  return codec.upgrade(stored.bytes, stored.version);
}

export const writeState = <State>(codec: StateCodec<State>, state: State): VersionedBytes => ({
  version: codec.version,
  bytes: codec.encode(state),
});
