// The contracts between services: one file per record, and the table of topics, whose head tells the whole story in a few lines.
export {
  ACTIVITY_TYPES,
  type BehaviorEvent,
  behaviorEventWire,
  type Channel,
  CHANNELS,
  EVENT_TYPES,
  type EventType,
  isActivity,
  NOTICE_TYPES,
  type OrderLine,
  type Origin,
  ORIGINS,
} from './behavior-event.js';
export {
  CANARY_EVERY,
  CANARY_SHOP,
  CANARY_SILENCE,
  canaryEvent,
  canaryPartition,
  isCanary,
  isCanaryKey,
} from './canary.js';
export {
  controlSchemas,
  type Release,
  RELEASE_SCHEMA,
  releaseCodec,
  type Tick,
  TICK_SCHEMA,
  tickCodec,
} from './control.js';
export { type FeatureRecord, featureRecordWire } from './feature-record.js';
export { HEADERS } from './headers.js';
export { type Arm, ARMS, type InterventionEvent, interventionEventWire } from './intervention-event.js';
export { minorDigits, toMinor } from './money.js';
export { customerKey, murmur2, partitionOf, splitKey } from './partition.js';
export { type RejectedEvent, rejectedEventWire } from './rejected-event.js';
export { type ForecastData, RISK_TYPES, type RiskData, type RiskType, type Tier, TIERS } from './risk-data.js';
export { type RiskEvent, riskEventWires } from './risk-event.js';
export { SEGMENT_CALLS, SEGMENT_EVENTS, type SegmentCall, typeOfTrack } from './segment.js';
export { formatSource, parseSource, type Source } from './source.js';
export { DAY, fromIso, HOUR, type Millis, MINUTE, SECOND, toIso } from './time.js';
export {
  BEHAVIOR_EVENTS,
  BEHAVIOR_REJECTED,
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  DEAD_LETTER_TASKS,
  deadLetterTopic,
  DEFAULT_PARTITIONS,
  INTERVENTION_EVENTS,
  type Topic,
  TOPICS,
} from './topics.js';
export { WAKE_UP_SCHEMA, wakeUpCodec } from './wake-up.js';
export { checker, type Codec, DecodeError, encodeJson, type RecordMeta, timedCodec } from './wire.js';
