// The log and the database of a service that is a process of its own, from its settings.
import { type Broker, connectKafka, connectKafkaJs } from '@holdfast/broker';
import { migrate, openDatabase } from '@holdfast/postgres';

import { prepareTopics } from './prepare-topics.js';
import { type Resources } from './resources.js';

/** Where Kafka and PostgreSQL are. */
export interface Connections {
  /** `host:port`, comma-separated. */
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_CLIENT: 'platformatic' | 'kafkajs';
  /** Default 10 s. */
  readonly KAFKA_SESSION_TIMEOUT_MS?: number;
  readonly DATABASE_URL: string;
  /** Partitions of every topic. */
  readonly PARTITIONS: number;
}

/** For the partitions that a process is given when it has just come: each asks two questions at once. */
const READY_CONNECTIONS = 6;

/** Connects to Kafka with the client the settings name. */
export async function connectBroker(
  name: string,
  settings: Pick<Connections, 'KAFKA_BROKERS' | 'KAFKA_CLIENT' | 'KAFKA_SESSION_TIMEOUT_MS'>,
): Promise<Broker> {
  const brokers = settings.KAFKA_BROKERS.split(',').map((address) => address.trim());
  const connect = settings.KAFKA_CLIENT === 'kafkajs' ? connectKafkaJs : connectKafka;
  const { KAFKA_SESSION_TIMEOUT_MS: sessionTimeoutMs = 10_000 } = settings;
  return connect({ brokers, clientId: `holdfast-${name}`, sessionTimeoutMs });
}

/**
 * Opens both, with tables and topics as they should be. `name`: the service, as Kafka and PostgreSQL will call it.
 * What it resolves to is closed with `close`.
 */
export async function openResources(
  name: string,
  settings: Connections,
): Promise<Resources & { close(): Promise<void> }> {
  const database = await openDatabase(settings.DATABASE_URL, {
    applicationName: `holdfast-${name}`,
    readyConnections: READY_CONNECTIONS,
  });
  try {
    await migrate(database);
    const broker = await connectBroker(name, settings);
    const resources = { broker, database };
    try {
      await prepareTopics(resources, settings.PARTITIONS);
    } catch (error) {
      await broker.close();
      throw error;
    }
    return {
      ...resources,
      async close() {
        await broker.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
