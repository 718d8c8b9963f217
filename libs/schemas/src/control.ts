// Records addressed to a partition, not to a customer. They have no key; the `schema` header tells them apart without decoding.
//
// Tick: "it is now `at`". Time inside Holdfast is told by the log, and only ticks move it: ingest writes them, half a second
// apart (in a replay the replay does, in the time of its data). A tick fires all wake-ups of its partition that are due by
// then; a customer's own record fires only that customer's. Without ticks, when ingest is down, time stands still and nobody
// crosses.
//
// Whoever writes the ticks holds the log's clock: a replay, if the log begins with one, from its first line to its last, then
// ingest for good. What a storefront sends during a replay is stamped with its last tick and is of origin `replay`, too; before
// the first tick ingest answers 503.
//
// Release: "from here on the champion, the model that scores, is `artifact`". It takes effect at its place in each partition;
// curves drawn before stay in force until their customer's next event.
//
// The runner (libs/stream) passes both on from behavior.events to customer.features and from there to customer.risk, each after
// everything that it or a record before it has caused.
import { type Static, Type } from '@sinclair/typebox';

import { type Timed, timedCodec } from './wire.js';

/** Values of the `schema` header of control records. */
export const TICK_SCHEMA = 'tick/1';
export const RELEASE_SCHEMA = 'release/1';

const tickWire = Type.Object({
  type: Type.Literal('tick'),
  at: Type.String({
    description: 'the time in this partition from here on, ISO 8601; an earlier one turns nothing back',
  }),
});
const releaseWire = Type.Object({
  type: Type.Literal('release'),
  at: Type.String({ description: 'when it was written, ISO 8601; does not move time' }),
  artifact: Type.String({
    minLength: 8,
    description: "SHA-256 of the model's file, hex: the file `<artifact>.json` among the releases",
  }),
});

/** "It is now `at`." */
export type Tick = Timed<Static<typeof tickWire>, 'at'>;
/** "From here on the champion is `artifact`." */
export type Release = Timed<Static<typeof releaseWire>, 'at'>;

export const tickCodec = timedCodec(tickWire, ['at']);
export const releaseCodec = timedCodec(releaseWire, ['at']);
export const controlSchemas = { [TICK_SCHEMA]: tickWire, [RELEASE_SCHEMA]: releaseWire };
