// Appending to the embedded log.
import { type BrokerRecord, type Producer } from '../broker.js';

/** After a rejection every further append to that partition rejects: what was numbered after it has not been stored either. */
export class EmbeddedProducer implements Producer {
  readonly #failed = new Map<string, unknown>();
  #closed = false;

  constructor(
    private readonly write: (topic: string, partition: number, records: readonly BrokerRecord[]) => Promise<number>,
  ) {}

  async append(topic: string, partition: number, records: readonly BrokerRecord[]): Promise<number> {
    if (this.#closed) throw new Error('The producer is closed.');
    if (records.length === 0) throw new RangeError('records must not be empty');
    const place = `${topic}/${partition}`;
    const failure = this.#failed.get(place);
    if (failure !== undefined) throw failure;
    try {
      return await this.write(topic, partition, records);
    } catch (error) {
      this.#failed.set(place, error);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}
