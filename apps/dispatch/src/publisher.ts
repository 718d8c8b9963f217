// From the outbox to the topic intervention.events: partition by partition, in order, removed once the log has them. A crash in
// between appends some of them again under the same event id.
import { type Producer } from '@holdfast/broker';
import { type Database, listOutboxPartitions, removeFromOutbox, takeFromOutbox } from '@holdfast/postgres';
import { HEADERS, INTERVENTION_EVENTS } from '@holdfast/schemas';
import { type Resources } from '@holdfast/stream';

const BATCH = 500;

export class Publisher {
  readonly #database: Database;
  readonly #broker: Resources['broker'];
  #producer: Promise<Producer> | undefined;

  constructor({ database, broker }: Resources) {
    this.#database = database;
    this.#broker = broker;
  }

  /** Publishes everything that is there. Throws when log or database is away; what was not published stays. */
  async publish(): Promise<void> {
    for (const partition of await listOutboxPartitions(this.#database)) {
      while ((await this.#publishSome(partition)) === BATCH);
    }
  }

  /** Closes the producer. */
  async close(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.close();
  }

  #publishSome(partition: number): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const rows = await takeFromOutbox(tx, partition, BATCH);
      if (rows === null || rows.length === 0) return 0;
      const records = rows.map(({ eventId, key, at, value }) => ({
        key,
        value: new Uint8Array(value),
        headers: { [HEADERS.schema]: INTERVENTION_EVENTS.schema, [HEADERS.eventId]: eventId },
        at,
      }));
      try {
        const producer = await (this.#producer ??= this.#broker.producer());
        await producer.append(INTERVENTION_EVENTS.name, partition, records);
      } catch (error) {
        // After a failure a producer takes nothing more: the next try gets a new one.
        await this.close().catch(() => undefined);
        throw error;
      }
      await removeFromOutbox(
        tx,
        rows.map(({ id }) => id),
      );
      return rows.length;
    });
  }
}
