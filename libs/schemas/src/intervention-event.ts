// intervention.events: what was decided about a customer and what came of it.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire, CHANNELS } from './behavior-event.js';
import { type Timed, timedCodec } from './wire.js';

const literals = <const T extends readonly string[]>(values: T) =>
  Type.Union(values.map((v) => Type.Literal(v as T[number])));

/** `hold-out` customers are left alone, so that the effect can be measured. */
export const ARMS = ['treatment', 'hold-out'] as const;
export type Arm = (typeof ARMS)[number];

export const interventionEventWire = Type.Object(
  {
    type: literals(['assigned', 'sent', 'skipped', 'cancelled', 'redeemed', 'settled'] as const),
    shop: behaviorEventWire.properties.shop,
    customer: behaviorEventWire.properties.customer,
    at: Type.String(),
    origin: behaviorEventWire.properties.origin,
    decisionId: Type.String(),
    playbook: Type.String(),
    arm: Type.Optional(literals(ARMS)),
    propensity: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'probability of the assigned arm' })),
    channel: Type.Optional(literals(CHANNELS)),
    reason: Type.Optional(Type.String()),
    outcome: Type.Optional(Type.Object({ purchased: Type.Boolean(), amountMinor: Type.Number() })),
  },
  { $id: 'intervention.events/1' },
);
export type InterventionEvent = Timed<Static<typeof interventionEventWire>, 'at'>;
export const interventionEventCodec = timedCodec(interventionEventWire, ['at']);
