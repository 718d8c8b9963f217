// One producer for all partitions of a runner. A producer that has failed is replaced; those who still use it may finish.
import { type Broker, type Producer } from '@holdfast/broker';

export class Producers {
  private current: Promise<Producer> | undefined;
  private readonly users = new Map<Producer, number>();
  private readonly retired = new Set<Producer>();

  constructor(private readonly broker: Pick<Broker, 'producer'>) {}

  /** The producer of the moment, until it is given back. */
  async lease(): Promise<Producer> {
    this.current ??= this.broker.producer();
    const pending = this.current;
    try {
      const producer = await pending;
      this.users.set(producer, (this.users.get(producer) ?? 0) + 1);
      return producer;
    } catch (error) {
      if (this.current === pending) this.current = undefined;
      throw error;
    }
  }

  /** Gives it back; `failed`: nobody gets it any more. */
  async giveBack(producer: Producer, failed: boolean): Promise<void> {
    const left = this.users.get(producer)! - 1;
    this.users.set(producer, left);
    if (failed) {
      this.retired.add(producer);
      const { current } = this;
      if ((await current?.catch(() => undefined)) === producer && this.current === current) this.current = undefined;
    }
    if (left === 0 && this.retired.delete(producer)) {
      this.users.delete(producer);
      await producer.close().catch(() => undefined);
    }
  }

  /** To be called when all have been given back. */
  async close(): Promise<void> {
    const producer = await this.current?.catch(() => undefined);
    this.current = undefined;
    await producer?.close().catch(() => undefined);
  }
}
