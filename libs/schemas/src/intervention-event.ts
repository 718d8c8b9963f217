// intervention.events: what was decided about a customer's crossing, and what came of it.
//
// Playbook: what is done when a customer crosses into a tier: which message, with what offer (libs/policy, playbooks.ts). It is
// the experiment, too.
//
// Eligibility: for every crossing that a playbook answers to, dispatch asks first whether the customer may be considered at
// all: news still fresh, not bought since, consent, address, no other decision open, not written to too often, news still fresh
// after the quiet hours, the day's capacity and money. The first "no" is the reason of a `skipped`. Only then is the arm drawn,
// so that both arms are alike.
//
// Open: a decision is, for 7 days unless set otherwise, and meanwhile no other is made about the customer. A purchase or a
// recovery in these days closes it: the next crossing may be acted on, and a message not sent yet is cancelled. Its window
// goes on.
//
// Due: a message is at its crossing; in the quiet hours it waits for their end. After a failed try it is due again later.
//
// Arm: `treatment` is contacted; `hold-out` is left alone, so that contact can be compared with no contact. The draw is a keyed
// hash of customer and playbook: the same customer keeps the same arm of a playbook. Propensity is the probability with which
// that arm was drawn. Both arms use up caps and budget alike.
//
// Unit: a customer in a playbook, counted from their first decision on, in the arm they were drawn into, whether or not a
// message reached them. (Where no channel is set up, and of simulated decisions, it is kept to be read in the console: no `sent`
// follows.) The effect is the difference between the units of the two arms.
//
// Settled: when its window (30 days unless set otherwise) is over, a decision is judged by the customer's purchases in it.
import { type Static, Type } from '@sinclair/typebox';

import { behaviorEventWire, CHANNELS } from './behavior-event.js';
import { literals, type Timed, timedCodec } from './wire.js';

/** Contacted, or left alone so that the effect can be measured. */
export const ARMS = ['treatment', 'hold-out'] as const;
export type Arm = (typeof ARMS)[number];

export const interventionEventWire = Type.Object(
  {
    type: literals(['assigned', 'sent', 'skipped', 'cancelled', 'failed', 'redeemed', 'settled'], {
      description:
        'assigned: decided, with its arm; skipped: not eligible, no decision; sent: the message has left; cancelled: no longer wanted ' +
        'when it was to leave; failed: refused, or tried too often; redeemed: its code was used; settled: its window is over',
    }),
    shop: behaviorEventWire.properties.shop,
    customer: behaviorEventWire.properties.customer,
    at: Type.String({ description: 'ISO 8601: of the crossing, the send, the use of the code, the end of the window' }),
    origin: behaviorEventWire.properties.origin,
    decisionId: Type.String({
      description: 'risk event and playbook: one decision for each, however often it is read',
    }),
    playbook: Type.String(),
    arm: Type.Optional(literals(ARMS)),
    propensity: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'probability of the assigned arm' })),
    channel: Type.Optional(literals(CHANNELS)),
    reason: Type.Optional(Type.String({ description: 'why skipped, cancelled or failed' })),
    outcome: Type.Optional(
      Type.Object({
        purchased: Type.Boolean(),
        amountMinor: Type.Number({ description: 'purchases minus refunds, minor units of the base currency' }),
      }),
    ),
  },
  { $id: 'intervention.events/1', description: 'What was decided about a crossing, or what came of it.' },
);
export type InterventionEvent = Timed<Static<typeof interventionEventWire>, 'at'>;
export const interventionEventCodec = timedCodec(interventionEventWire, ['at']);
