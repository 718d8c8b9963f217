// The shop's own log as training data: behavior.events, partition by partition. A customer lives in one partition, so their events come
// in the order they became known. What was only supposed (`what-if`) is left out, and a message id counts once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Broker, connectKafka, openEmbeddedBroker, scan } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, type BehaviorEvent, DecodeError, HEADERS, isCanaryKey } from '@holdfast/schemas';

import { type EventSource } from './read-history.js';

/** Where the log is: Kafka when brokers are named, else the folder of the embedded log below `dataDir`. */
export interface LogPlace {
  /** `host:port`, comma-separated; '' for none. */
  readonly kafkaBrokers: string;
  readonly dataDir: string;
}

/** Opens the log. Throws an `Error` with a plain sentence when there is none, or a running Holdfast holds it. */
export async function openLog({ kafkaBrokers, dataDir }: LogPlace): Promise<Broker> {
  if (kafkaBrokers !== '') {
    return connectKafka({ brokers: kafkaBrokers.split(',').map((host) => host.trim()), clientId: 'holdfast-trainer' });
  }
  const directory = join(dataDir, 'log');
  if (existsSync(directory)) return openEmbeddedBroker({ directory });
  throw new Error(`There is no log at ${directory}: start Holdfast once, name its --data-dir, or set KAFKA_BROKERS.`);
}

/** All events of the log up to its present end. */
export async function* logEvents(broker: Broker): EventSource {
  const seen = new Set<string>();
  for (const [partition, bounds] of (await broker.bounds(BEHAVIOR_EVENTS.name)).entries()) {
    for await (const { key, value, headers } of scan(broker, { topic: BEHAVIOR_EVENTS.name, partition }, bounds)) {
      if (headers[HEADERS.schema] !== BEHAVIOR_EVENTS.schema || isCanaryKey(key)) continue;
      const read = readRecord(value);
      if ('reason' in read) yield read;
      else if (read.event.origin !== 'what-if' && !seen.has(read.event.messageId)) {
        seen.add(read.event.messageId);
        yield read;
      }
    }
  }
}

function readRecord(value: Uint8Array): { readonly event: BehaviorEvent } | { readonly reason: string } {
  try {
    return { event: BEHAVIOR_EVENTS.decode(value) };
  } catch (error) {
    if (error instanceof DecodeError) return { reason: 'schema' };
    throw error;
  }
}
