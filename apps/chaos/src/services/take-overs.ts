// How long a process takes, from being given a partition, until it puts out the first record there: told to the harness.
import { type Probe } from '@holdfast/stream';
import { replace } from '@holdfast/stream/flaws';

type Ports = Parameters<NonNullable<Probe['ports']>>[0];

/** What a process says of each partition that it has been given. */
export interface TakenOver {
  readonly takenOver: { readonly partition: number; readonly ms: number };
}

export class TakeOvers {
  readonly #givenAt = new Map<number, number>();

  /** The same ports; when their broker gives a partition is noted. */
  watch({ broker, ...others }: Ports): Ports {
    const join: Ports['broker']['join'] = (group, topics, listener) =>
      broker.join(group, topics, {
        ...listener,
        assigned: (topic, partitions) => {
          for (const partition of partitions) this.#givenAt.set(partition, performance.now());
          return listener.assigned(topic, partitions);
        },
      });
    return { ...others, broker: replace(broker, { join }) };
  }

  /** A record is about to be put out. */
  sending(partition: number): void {
    const givenAt = this.#givenAt.get(partition);
    if (givenAt === undefined) return;
    this.#givenAt.delete(partition);
    process.send?.({ takenOver: { partition, ms: performance.now() - givenAt } } satisfies TakenOver);
  }
}
