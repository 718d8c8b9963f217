// behavior.rejected: single events that ingest could not take, with the reason, so that nothing is lost silently. A request
// that could not be read at all is not here: it was answered with an error.
import { type Static, Type } from '@sinclair/typebox';

import { type Timed, timedCodec } from './wire.js';

export const rejectedEventWire = Type.Object(
  {
    shop: Type.String(),
    receivedAt: Type.String({ description: 'ISO 8601' }),
    reason: Type.String({ description: 'a short code, for counting: `schema`, `too-large`, `no-customer` …' }),
    message: Type.String({ description: 'a sentence for a person' }),
    pointer: Type.String({ description: 'JSON pointer to the fault, within the event' }),
    body: Type.Unknown({
      description:
        'the event as it was sent; its first 4,096 characters as text when it was too large or had characters that cannot be stored',
    }),
  },
  { $id: 'behavior.rejected/1', description: 'An event that could not be taken in, and why.' },
);
export type RejectedEvent = Timed<Static<typeof rejectedEventWire>, 'receivedAt'>;
export const rejectedEventCodec = timedCodec(rejectedEventWire, ['receivedAt']);
