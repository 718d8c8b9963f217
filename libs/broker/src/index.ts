// The log, behind one port.
export {
  type Bounds,
  type Broker,
  type BrokerRecord,
  type GroupListener,
  type Membership,
  type Producer,
  type RecordStream,
  type StoredRecord,
  type TopicSpec,
} from './broker.js';
export { type EmbeddedOptions, openEmbeddedBroker } from './embedded/embedded-broker.js';
export { type BrokerErrorCode, PermanentError } from './errors.js';
export { connectKafka, type KafkaOptions } from './kafka/kafka-broker.js';
export { connectKafkaJs } from './kafkajs/kafkajs-broker.js';
export { MAX_RECORD_BYTES } from './record-limit.js';
export { type PartitionOf, scan } from './scan.js';
