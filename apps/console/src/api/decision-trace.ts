// GET /api/decisions/{id}: one decision, the risk event that led to it, and what was known of the customer then.
import { type DecisionView } from '@holdfast/postgres';
import { HEADERS, ORIGINS, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { type Retraced } from '../retraces.js';
import { decision, toDecision } from './actions.js';
import { instant, oneOf, orNull } from './fields.js';
import { riskAt, riskAtOf } from './risk-at.js';

export const decisionTrace = Type.Object(
  {
    decision: Type.Composite([
      decision,
      Type.Object({
        customer: Type.String(),
        origin: oneOf(ORIGINS),
        risk: Type.Number({ minimum: 0, maximum: 1, description: 'at the crossing' }),
        propensity: Type.Number({ description: 'probability of the arm that was drawn' }),
        sendAt: instant('when a message may leave'),
      }),
    ]),
    cause: orNull(
      Type.Object(
        {},
        { description: 'the risk event that led to it, as it stands in customer.risk; null: no longer kept' },
      ),
    ),
    known: orNull(riskAt),
  },
  { title: 'DecisionTrace' },
);
export type DecisionTrace = Static<typeof decisionTrace>;

export function decisionTraceOf(view: DecisionView, retraced: Retraced): DecisionTrace {
  const { customer, origin, risk, propensity, sendAt } = view;
  // A decision is named by its cause and its playbook.
  const cause = [...retraced.published.values()].find(
    ({ headers }) => `${headers[HEADERS.eventId]}-${view.playbook}` === view.id,
  );
  return {
    decision: {
      ...toDecision(view),
      ...{ customer, risk, propensity },
      origin: origin as DecisionTrace['decision']['origin'],
      sendAt: toIso(sendAt),
    },
    cause: cause ? (JSON.parse(Buffer.from(cause.value).toString()) as object) : null,
    known: riskAtOf(retraced),
  };
}
