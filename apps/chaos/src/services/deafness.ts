// A process that is not told of the partitions it has lost, as one whose group heartbeats hang while its other connections work.
import { type Probe } from '@holdfast/stream';
import { replace } from '@holdfast/stream/flaws';

type Ports = Parameters<NonNullable<Probe['ports']>>[0];

export class Deafness {
  #over: Promise<void> = Promise.resolve();
  #end: () => void = () => {};

  /** Deaf from now on, or not any more: then it hears what it has missed. */
  set(isDeaf: boolean): void {
    this.#end();
    if (isDeaf) this.#over = new Promise((resolve) => (this.#end = resolve));
  }

  /** The same ports; what their broker takes away is told only when it is heard. */
  watch({ broker, ...others }: Ports): Ports {
    const join: Ports['broker']['join'] = (group, topics, listener) =>
      broker.join(group, topics, {
        ...listener,
        revoked: async (topic, partitions) => {
          await this.#over;
          await listener.revoked(topic, partitions);
        },
      });
    return { ...others, broker: replace(broker, { join }) };
  }
}
