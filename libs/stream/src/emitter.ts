// Outputs of one partition on their way: in order, one send in flight, what gathers meanwhile goes with the next. After a send has
// failed nothing later is sent.
import { type BrokerRecord, type Producer } from '@holdfast/broker';

import { type Reached } from './probe.js';

/** About what headers and framing add to a record's value. */
const OVERHEAD_BYTES = 200;

export class Emitter {
  private waiting: BrokerRecord[] = [];
  private sending: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    private readonly partition: number,
    private readonly options: {
      readonly maxBytes: number;
      readonly onFailure: (error: unknown) => void;
      readonly reached: Reached;
    },
  ) {}

  get backlog(): number {
    return this.waiting.length;
  }

  /** Queues records; they leave at the next {@link kick} or {@link flush}. */
  add(record: BrokerRecord): void {
    this.waiting.push(record);
  }

  /** Starts sending unless a send is in flight. */
  kick(): void {
    if (this.sending || this.waiting.length === 0 || this.failure !== undefined) return;
    this.sending = this.send().catch((error: unknown) => {
      this.failure = error ?? new Error('the send failed');
      this.options.onFailure(this.failure);
    });
  }

  /** Resolves when everything queued has been acknowledged. Throws what a send failed with. */
  async flush(): Promise<void> {
    this.kick();
    await this.sending;
    if (this.failure !== undefined) throw this.failure;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0) {
      const records = this.takeBatch();
      this.options.reached?.('sending');
      await this.producer.append(this.topic, this.partition, records);
      this.options.reached?.('sent');
    }
    this.sending = undefined;
  }

  // A batch must fit into what a broker takes at once.
  private takeBatch(): BrokerRecord[] {
    const all = this.waiting;
    let bytes = 0;
    let count = 0;
    while (count < all.length && (count === 0 || bytes + sizeOf(all[count]!) <= this.options.maxBytes)) {
      bytes += sizeOf(all[count++]!);
    }
    this.waiting = all.slice(count);
    return count === all.length ? all : all.slice(0, count);
  }
}

const sizeOf = (record: BrokerRecord): number => record.value.length + OVERHEAD_BYTES + (record.key?.length ?? 0);
