// The topic table: every arrow between services.
import { type BehaviorEvent, behaviorEventCodec } from './behavior-event.js';
import { type FeatureRecord, featureRecordCodec } from './feature-record.js';
import { type InterventionEvent, interventionEventCodec } from './intervention-event.js';
import { type RejectedEvent, rejectedEventCodec } from './rejected-event.js';
import { type RiskEvent, riskEventCodec } from './risk-event.js';
import { type Codec } from './wire.js';

/** Partitions of every topic unless set otherwise when the topics are made. */
export const DEFAULT_PARTITIONS = 12;

/** One topic: its name, the `schema` header of its records, and their codec. All are keyed `shop/customer`. */
export interface Topic<T> extends Codec<T> {
  readonly name: string;
  readonly schema: string;
  /** Days records are kept; null: for ever. */
  readonly retentionDays: number | null;
  readonly about: string;
}

export const BEHAVIOR_EVENTS: Topic<BehaviorEvent> = {
  name: 'behavior.events',
  schema: 'behavior.events/1',
  retentionDays: null,
  about: 'What customers did: the record, from which everything else can be rebuilt. Also carries ticks and releases.',
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
  about: "The model's inputs after each event.",
  ...featureRecordCodec,
};
export const CUSTOMER_RISK: Topic<RiskEvent> = {
  name: 'customer.risk',
  schema: 'customer.risk/1',
  retentionDays: 90,
  about: 'Crossings of risk tiers the instant they become true, and the facts that dispatch settles by. CloudEvents.',
  ...riskEventCodec,
};
export const INTERVENTION_EVENTS: Topic<InterventionEvent> = {
  name: 'intervention.events',
  schema: 'intervention.events/1',
  retentionDays: 365,
  about: 'Decisions, sends and outcomes.',
  ...interventionEventCodec,
};

/** The topics of records a task could not apply. */
export const deadLetterTopic = (task: string): string => `${task}.dead-letters`;

/** Tasks that may write dead letters. */
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
