// A process that is not told of the partitions it has lost, as one whose group heartbeats hang while its other connections work. It
// tells the harness when it is refused what it asks of the database meanwhile.
import { type Probe } from '@holdfast/stream';
import { replace } from '@holdfast/stream/flaws';

type Ports = Parameters<NonNullable<Probe['ports']>>[0];

/** What a deaf process says when it learns, by asking, that a partition is no longer its own. */
export interface Refused {
  readonly isRefused: true;
}

export class Deafness {
  #isDeaf = false;
  #over: Promise<void> = Promise.resolve();
  #end: () => void = () => {};

  /** Deaf from now on, or not any more: then it hears what it has missed. */
  set(isDeaf: boolean): void {
    this.#isDeaf = isDeaf;
    this.#end();
    if (isDeaf) this.#over = new Promise((resolve) => (this.#end = resolve));
  }

  /** The same ports; what their broker takes away is told only when it is heard. */
  watch({ broker, store, timer }: Ports): Ports {
    const join: Ports['broker']['join'] = (group, topics, listener) =>
      broker.join(group, topics, {
        ...listener,
        revoked: async (topic, partitions) => {
          await this.#over;
          await listener.revoked(topic, partitions);
        },
      });
    const load = this.#noting(store.load.bind(store));
    const seen = this.#noting(store.seen.bind(store));
    return { broker: replace(broker, { join }), store: replace(store, { load, seen }), timer };
  }

  #noting<Parameters extends readonly unknown[], Result>(ask: (...parameters: Parameters) => Promise<Result | null>) {
    return async (...parameters: Parameters): Promise<Result | null> => {
      const answer = await ask(...parameters);
      if (answer === null && this.#isDeaf) process.send?.({ isRefused: true } satisfies Refused);
      return answer;
    };
  }
}
