// The last things a customer did, by what the memory of each still means.
import { occlusions } from '@holdfast/risk';
import { EVENT_TYPES, type Millis, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { instant, oneOf } from './fields.js';
import { type Scored } from './scored.js';

export const remembered = Type.Array(
  Type.Object({
    type: oneOf(EVENT_TYPES),
    at: instant('when it happened'),
    weight: Type.Number({ description: 'in logits; above 0 raises the risk' }),
  }),
  {
    title: 'Remembered',
    description:
      'the last 16 steps that the network has read, newest first: what its memory of each does to the risk now, the counters being what they are; they add up to nothing',
  },
);
export type Remembered = Static<typeof remembered>;

export const readRemembered = ({ state, artifact }: Scored, now: Millis): Remembered =>
  occlusions(state, artifact, Math.max(now, state.lastActivityAt)).map(({ at, ...of }) => ({ ...of, at: toIso(at) }));
