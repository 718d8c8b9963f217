// Records addressed to a partition, not to a customer: a tick moves time, a release changes the champion model. They have no
// key; the `schema` header tells them apart without decoding.
import { Type } from '@sinclair/typebox';

import { timedCodec, type Timed } from './wire.js';
import { type Static } from '@sinclair/typebox';

/** Values of the `schema` header of control records. */
export const TICK_SCHEMA = 'tick/1';
export const RELEASE_SCHEMA = 'release/1';

const tickWire = Type.Object({ type: Type.Literal('tick'), at: Type.String() });
const releaseWire = Type.Object({
  type: Type.Literal('release'),
  at: Type.String(),
  artifact: Type.String({ minLength: 8, description: 'SHA-256 of the model artifact, hex' }),
});

/** "It is now `at`." Only ticks move time. */
export type Tick = Timed<Static<typeof tickWire>, 'at'>;
/** "From here on the champion is `artifact`." */
export type Release = Timed<Static<typeof releaseWire>, 'at'>;

export const tickCodec = timedCodec(tickWire, ['at']);
export const releaseCodec = timedCodec(releaseWire, ['at']);
export const controlSchemas = { [TICK_SCHEMA]: tickWire, [RELEASE_SCHEMA]: releaseWire };
