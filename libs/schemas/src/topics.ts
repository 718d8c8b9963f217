// The topic table: every arrow between services. Start reading here.
//
//   1. A storefront tells ingest what a customer did. ingest writes it to behavior.events, and twice a second a tick, "it is
//      now …".
//   2. features adds each event to what is known of the customer and writes the sum, the model's inputs, to customer.features.
//   3. scoring draws the customer's curve from them: the risk of churn after any length of silence from here on. Where the
//      curve reaches a threshold is known at once, so the customer is woken at that instant and nobody is looked at on a
//      schedule.
//   4. A customer who enters a worse tier of risk, by what they did or by silence alone, has crossed; one who returns to a
//      better tier by acting has recovered. Both go to customer.risk, and with them, in order, the facts that dispatch needs.
//   5. dispatch decides about each crossing: which playbook, whether the customer may be considered at all, and by draw whether
//      they are contacted or left alone. Messages leave by e-mail or webhook; when its window has closed a decision is settled
//      by the purchases in it. Contacted against left alone is the effect. All of it is told in intervention.events, for tools
//      of the shop.
//   6. The console shows customers, risks, decisions and effects. The trainer makes model releases; a release record puts one
//      into force.
//
// The words, where they are defined: silence, origin → behavior-event.ts; tick, release → control.ts; churn, risk, tier,
// crossing → risk-event.ts; playbook, arm, unit, open, due, settled → intervention-event.ts; source, sequence → headers.ts;
// dead letter → deadLetterTopic below.
import { type BehaviorEvent, behaviorEventCodec } from './behavior-event.js';
import { type FeatureRecord, featureRecordCodec } from './feature-record.js';
import { type InterventionEvent, interventionEventCodec } from './intervention-event.js';
import { type RejectedEvent, rejectedEventCodec } from './rejected-event.js';
import { type RiskEvent, riskEventCodec } from './risk-event.js';
import { type Codec } from './wire.js';

/**
 * Partitions of every topic unless set otherwise when the topics are made. All have the same number, so that a customer is in
 * the same partition of each of them and every service sees their records in order.
 */
export const DEFAULT_PARTITIONS = 12;

/** One topic with the codec of its records. */
export interface Topic<T> extends Codec<T> {
  readonly name: string;
  /**
   * Header `schema` of the records that are about a customer; those are keyed `shop/customer` (of a refused event, whose
   * customer may be unknown, `shop/`). Ticks and releases have no key and a schema of their own.
   */
  readonly schema: string;
  /** Days records are kept; null: for ever. */
  readonly retentionDays: number | null;
  readonly about: string;
}

export const BEHAVIOR_EVENTS: Topic<BehaviorEvent> = {
  name: 'behavior.events',
  schema: 'behavior.events/1',
  retentionDays: null,
  about:
    'What customers did, as it became known: the record that everything downstream is computed from. Also carries ticks and releases.',
  ...behaviorEventCodec,
};
export const BEHAVIOR_REJECTED: Topic<RejectedEvent> = {
  name: 'behavior.rejected',
  schema: 'behavior.rejected/1',
  retentionDays: 90,
  about: 'Events ingest could not take, with reason and JSON pointer.',
  ...rejectedEventCodec,
};
export const CUSTOMER_FEATURES: Topic<FeatureRecord> = {
  name: 'customer.features',
  schema: 'customer.features/1',
  retentionDays: 30,
  about: "The model's inputs after each event. Ticks and releases are passed on.",
  ...featureRecordCodec,
};
export const CUSTOMER_RISK: Topic<RiskEvent> = {
  name: 'customer.risk',
  schema: 'customer.risk/1',
  retentionDays: 90,
  about:
    'Customers who entered a worse tier of risk or returned to a better one, and the facts that dispatch goes by. CloudEvents. Ticks and releases are passed on.',
  ...riskEventCodec,
};
export const INTERVENTION_EVENTS: Topic<InterventionEvent> = {
  name: 'intervention.events',
  schema: 'intervention.events/1',
  retentionDays: 365,
  about:
    'What was decided about each crossing, what was sent, and what came of it. Delivered at least once: a repetition has the same event-id.',
  ...interventionEventCodec,
};

/**
 * The topic of the dead letters of a task: records, and wake-ups, that it could not apply. The partition goes on. The customer's
 * later records are applied as if it had not been; without the wake-up they cross no more until their next event sets another;
 * of a sink's batch only the record at fault is left out. `npm run dead-letters` lists them and sends them back.
 */
export const deadLetterTopic = (task: string): string => `${task}.dead-letters`;

/** What reads topics: the tasks of features and scoring, the sinks of dispatch and console. Each may write dead letters. */
export const DEAD_LETTER_TASKS = ['features', 'scoring', 'dispatch', 'console-features', 'console-risk'] as const;

/** All topics that must exist, with what they are for. */
export const TOPICS: readonly Pick<Topic<unknown>, 'name' | 'retentionDays' | 'about'>[] = [
  BEHAVIOR_EVENTS,
  BEHAVIOR_REJECTED,
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  INTERVENTION_EVENTS,
  ...DEAD_LETTER_TASKS.map((task) => ({
    name: deadLetterTopic(task),
    retentionDays: 90,
    about: `Records that ${task} could not apply, with the reason in their headers.`,
  })),
];
