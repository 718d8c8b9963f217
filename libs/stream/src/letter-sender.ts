// Dead letters on their way to their topic. While that cannot be written the partition waits and readiness says so: nothing is passed
// over without its letter.
import { type BrokerRecord } from '@holdfast/broker';
import { type PartitionId } from '@holdfast/postgres';
import { deadLetterTopic } from '@holdfast/schemas';

import { type Opened, type PartitionContext } from './partition-context.js';
import { type Reached } from './probe.js';
import { type Producers } from './producers.js';
import { retry, type RetryContext } from './retry.js';

export class LetterSender {
  private readonly topic: string;
  private readonly id: PartitionId;
  private readonly producers: Producers;
  private readonly reached: Reached;
  private readonly again: RetryContext;

  constructor(
    { id, timer, settings, observer, letterProducers, reached }: PartitionContext,
    private readonly opened: Pick<Opened, 'signal' | 'hold'>,
  ) {
    this.topic = deadLetterTopic(id.task);
    this.id = id;
    this.producers = letterProducers;
    this.reached = reached;
    const trouble = (reason: string) => {
      const sentence =
        `The topic ${this.topic} cannot be written (${reason.replace(/\.$/, '')}): ` +
        'this partition waits until it can, for what cannot be applied has to go there.';
      opened.hold(sentence);
      observer.trouble?.(id.task, id.partition, sentence);
    };
    this.again = { timer, settings, signal: opened.signal, trouble };
  }

  /** Resolves when they are stored; one or the other may be twice, with the same source. Throws `Abandoned` when told to end. */
  async send(letters: readonly BrokerRecord[]): Promise<void> {
    await retry(this.again, () => this.append(letters));
    this.opened.hold(null);
  }

  /** A producer that has failed takes nothing more for this partition: every try has one that has not. */
  private async append(letters: readonly BrokerRecord[]): Promise<void> {
    const producer = await this.producers.lease();
    let failed = true;
    try {
      this.reached?.('sending');
      await producer.append(this.topic, this.id.partition, letters);
      this.reached?.('sent');
      failed = false;
    } finally {
      void this.producers.giveBack(producer, failed); // what is closed there may take its time
    }
  }
}
