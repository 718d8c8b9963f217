// Changes of the ledger as records of intervention.events.
import { type OutboxRow } from '@holdfast/postgres';
import { type Change } from '@holdfast/policy';
import { customerKey, INTERVENTION_EVENTS, type InterventionEvent } from '@holdfast/schemas';

/** The outbox row of an event. Its id is made of decision and type: each happens once. */
export function outboxRow(event: InterventionEvent, partition: number): OutboxRow {
  const eventId = `${event.decisionId}-${event.type}`;
  return {
    partition,
    eventId,
    key: customerKey(event.shop, event.customer),
    at: event.at,
    value: INTERVENTION_EVENTS.encode(event, { id: eventId, sequence: 0 }),
  };
}

/** The event that a change is, if it is one. */
export function eventOf(change: Change, partition: number): OutboxRow | undefined {
  switch (change.kind) {
    case 'assigned': {
      const { shop, customer, at, origin, id, playbook, arm, propensity, channel } = change.decision;
      const event = { shop, customer, at, origin, decisionId: id, playbook, arm, propensity, channel };
      return outboxRow({ type: 'assigned', ...event }, partition);
    }
    case 'skipped': {
      const { shop, customer, at, origin, id, playbook, reason } = change;
      return outboxRow({ type: 'skipped', shop, customer, at, origin, decisionId: id, playbook, reason }, partition);
    }
    case 'redeemed': {
      const { shop, customer, origin, decisionId, playbook } = change.coupon;
      return outboxRow({ type: 'redeemed', shop, customer, at: change.at, origin, decisionId, playbook }, partition);
    }
    case 'settled': {
      const { shop, customer, origin, id, playbook, arm, maturesAt } = change.decision;
      const { purchased, revenueMinor } = change.outcome;
      const outcome = { purchased, amountMinor: revenueMinor };
      const event = { shop, customer, at: maturesAt, origin, decisionId: id, playbook, arm, outcome };
      return outboxRow({ type: 'settled', ...event }, partition);
    }
    case 'closed':
    case 'payment':
    case 'consent':
    case 'address':
      return undefined;
  }
}
