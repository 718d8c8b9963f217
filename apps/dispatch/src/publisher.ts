// From the transactional outbox to the topic intervention.events: partition by partition, in order, removed once the log has them.
//
// Whoever dies between append and removal leaves rows that the log has already. The next one to publish sees that the log does not
// end where its own last append did, and looks at the log's tail before it appends. What remains: an append whose outcome nobody
// waits for any more, and which reaches the log only after that look. Hence "at least once" in the contract.
import { type BrokerRecord, type Producer } from '@holdfast/broker';
import {
  type Database,
  listOutboxPartitions,
  type OutboxRow,
  removeFromOutbox,
  takeFromOutbox,
} from '@holdfast/postgres';
import { HEADERS, INTERVENTION_EVENTS } from '@holdfast/schemas';
import { type Resources } from '@holdfast/stream';

/** Rows in one transaction; no more than so many can be in the log and in the outbox at once. */
const BATCH = 500;
const TOPIC = INTERVENTION_EVENTS.name;

export class Publisher {
  readonly #database: Database;
  readonly #broker: Resources['broker'];
  #producer: Promise<Producer> | undefined;
  /** Offset after our last append, by partition. Where the log ends there, it holds nothing that is still in the outbox. */
  readonly #ends = new Map<number, number>();

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

  async #publishSome(partition: number): Promise<number> {
    let end: number | undefined;
    const count = await this.#database.transaction(async (tx) => {
      const rows = await takeFromOutbox(tx, partition, BATCH);
      if (rows === null || rows.length === 0) return 0;
      const stored = await this.#readTail(partition);
      const missing = rows.filter(({ eventId }) => !stored.has(eventId));
      if (missing.length > 0) end = await this.#append(partition, missing.map(recordOf));
      // Some of the batch that somebody left half done may only be taken next time: look again then.
      if (missing.length < rows.length) end = undefined;
      await removeFromOutbox(
        tx,
        rows.map(({ id }) => id),
      );
      return rows.length;
    });
    // Not before the removal is committed: until then the rows are in both places.
    if (end !== undefined) this.#ends.set(partition, end);
    return count;
  }

  /** Ids of the last events of a partition; none when the last append was ours. */
  async #readTail(partition: number): Promise<Set<string | undefined>> {
    const ids = new Set<string | undefined>();
    const { start, end } = (await this.#broker.bounds(TOPIC))[partition]!;
    if (end === this.#ends.get(partition)) return ids;
    let offset = Math.max(start, end - BATCH);
    if (offset === end) return ids;
    const stream = this.#broker.open(TOPIC, partition, offset);
    try {
      while (offset < end) {
        const records = await stream.next();
        if (records.length === 0) throw new Error(`the stream of ${TOPIC} ended`);
        for (const { headers } of records) ids.add(headers[HEADERS.eventId]);
        offset = records.at(-1)!.offset + 1;
      }
      return ids;
    } finally {
      await stream.close();
    }
  }

  /** Returns the offset after the last record. */
  async #append(partition: number, records: readonly BrokerRecord[]): Promise<number> {
    try {
      const producer = await (this.#producer ??= this.#broker.producer());
      return (await producer.append(TOPIC, partition, records)) + records.length;
    } catch (error) {
      // After a failure a producer takes nothing more: the next try gets a new one.
      await this.close().catch(() => undefined);
      throw error;
    }
  }
}

const recordOf = ({ eventId, key, at, value }: OutboxRow): BrokerRecord => ({
  key,
  value: new Uint8Array(value),
  headers: { [HEADERS.schema]: INTERVENTION_EVENTS.schema, [HEADERS.eventId]: eventId },
  at,
});
