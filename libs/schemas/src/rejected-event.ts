// behavior.rejected: what ingest could not take, with the reason, so that nothing is lost silently.
import { type Static, Type } from '@sinclair/typebox';

import { type Timed, timedCodec } from './wire.js';

export const rejectedEventWire = Type.Object(
  {
    shop: Type.String(),
    receivedAt: Type.String(),
    reason: Type.String({ description: 'a short code, for counting: `schema`, `too-large`, `no-customer` …' }),
    message: Type.String({ description: 'a sentence for a person' }),
    pointer: Type.String({ description: 'JSON pointer to the fault' }),
    body: Type.Unknown({ description: 'what was sent; a string when it was no JSON or too large' }),
  },
  { $id: 'behavior.rejected/1' },
);
export type RejectedEvent = Timed<Static<typeof rejectedEventWire>, 'receivedAt'>;
export const rejectedEventCodec = timedCodec(rejectedEventWire, ['receivedAt']);
